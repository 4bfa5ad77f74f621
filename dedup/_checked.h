/* Included in front of all else by the build with checks.

   Cython raises an overflow where it finds one, in loops without the interpreter lock too; here the
   lock is taken for that. */
#include <Python.h>

static inline void dedup_set_error(PyObject *kind, const char *message) {
    PyGILState_STATE held = PyGILState_Ensure();
    PyErr_SetString(kind, message);
    PyGILState_Release(held);
}

#define PyErr_SetString dedup_set_error
