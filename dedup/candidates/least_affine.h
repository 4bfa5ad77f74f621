/* The least of a * h + b modulo 2**32 over hashes: the one loop whose vector unit matters.

   32-bit products vectorise poorly with the baseline instructions of x86-64, so the function is
   compiled for several processors and chosen when the module is loaded. */
#include <stdint.h>

#if defined(__x86_64__) && defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && \
    (defined(__clang__) ? __clang_major__ >= 14 : defined(__GNUC__))
__attribute__((target_clones("avx512f", "avx2", "default")))
#endif
static uint32_t least_affine(const uint32_t *hashes, int64_t count, uint32_t a, uint32_t b) {
    uint32_t least = 0xFFFFFFFFu;
    for (int64_t k = 0; k < count; k++) {
        uint32_t value = a * hashes[k] + b;
        least = value < least ? value : least;
    }
    return least;
}
