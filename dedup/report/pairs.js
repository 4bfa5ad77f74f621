for (const room of document.querySelectorAll(".room")) watch(room);
