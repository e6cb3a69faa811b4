/* sim/arena.c - the memory of a world in one piece.
 *
 * Implementation notes. Blocks lie one behind the other, each with its header; what is released
 * goes to a list of its size. The lists are in the arena as well, so that a copy that is put back
 * hands out the same places again. Under AddressSanitizer what is not acquired is poisoned, and
 * once more after each copy. Only pages that change are copied: arena_settle protects them all, and
 * the first write to each is noted. */
#define _GNU_SOURCE /* sigaction, MAP_NORESERVE */
#include "sim/arena.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#if defined __has_feature
#if __has_feature(address_sanitizer)
#define HAS_ASAN 1
#endif
#endif
#if defined __SANITIZE_ADDRESS__
#define HAS_ASAN 1
#endif
#if defined HAS_ASAN
#include <sanitizer/asan_interface.h>
#define NO_ASAN __attribute__((no_sanitize("address")))
#define POISON(ptr, len) ASAN_POISON_MEMORY_REGION(ptr, len)
#define UNPOISON(ptr, len) ASAN_UNPOISON_MEMORY_REGION(ptr, len)
#else
#define NO_ASAN
#define POISON(ptr, len) ((void)(ptr), (void)(len))
#define UNPOISON(ptr, len) ((void)(ptr), (void)(len))
#endif

enum { ARENA_OCTETS = 16 << 20, PAGE = 4096, PAGES = ARENA_OCTETS / PAGE, CLASSES = 96, UNIT = 16,
       GARBAGE = 0xa5 };

/* In front of each block. */
struct header {
    uint32_t class;
    uint32_t size;  /* acquired; 0: released */
    uint32_t next;  /* offset of the next one that is released; 0: none */
    uint32_t unused;
};

/* At the start of the arena. */
struct book {
    size_t top;              /* what lies behind it has never been used */
    uint32_t free[CLASSES];  /* offsets of headers */
};

static struct {
    uint8_t *base;            /* NULL: it is not open */
    struct book *book;
    bool is_entered, is_settled, is_hot[PAGES];
    size_t hot[PAGES], n_hot; /* pages written to since, in the order of their first write */
    uint8_t *settled;         /* what these were before, in the same order */
    struct sigaction before;
} arena;

static void die(const char *what)
{
    (void)fprintf(stderr, "arena: %s\n", what);
    abort();
}

/* --- Blocks --------------------------------------------------------------------------- */

/* 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, ... units: four steps from one power of two to the
 * next. */
static size_t class_octets(uint32_t class)
{
    size_t step = class / 4, quarter = class % 4;

    return UNIT * (step == 0 ? quarter + 1 : ((size_t)4 + quarter + 1) << (step - 1));
}

static uint32_t class_of(size_t size)
{
    uint32_t class = 0;

    while (class_octets(class) < size)
        class++;
    return class;
}

static struct header *header_at(size_t offset)
{
    return (struct header *)(void *)(arena.base + offset);
}

static size_t offset_of(const struct header *h)
{
    return (size_t)((const uint8_t *)h - arena.base);
}

static struct header *block_new(uint32_t class)
{
    size_t offset = arena.book->top;

    if (offset + sizeof(struct header) + class_octets(class) > ARENA_OCTETS)
        die("full");
    arena.book->top += sizeof(struct header) + class_octets(class);
    *header_at(offset) = (struct header){ .class = class };
    return header_at(offset);
}

static void *acquire(size_t size)
{
    uint32_t class = class_of(size);
    struct header *h;

    if (arena.book->free[class] == 0) {
        h = block_new(class);
    } else {
        h = header_at(arena.book->free[class]);
        arena.book->free[class] = h->next;
    }
    h->size = (uint32_t)size;
    UNPOISON(h + 1, size);
    return h + 1;
}

static void release(struct header *h)
{
    if (h->size == 0)
        die("released twice");
    POISON(h + 1, class_octets(h->class));
    h->size = 0;
    h->next = arena.book->free[h->class];
    arena.book->free[h->class] = (uint32_t)offset_of(h);
}

static bool is_inside(const void *ptr)
{
    const uint8_t *at = ptr;

    return arena.base != NULL && at >= arena.base && at < arena.base + ARENA_OCTETS;
}

/* --- In place of malloc --------------------------------------------------------------- */

/* What the linker calls the two ends; weak, because most programs are linked without. */
void *__real_malloc(size_t size) __attribute__((weak));
void *__real_calloc(size_t n, size_t size) __attribute__((weak));
void *__real_realloc(void *ptr, size_t size) __attribute__((weak));
void __real_free(void *ptr) __attribute__((weak));
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *ptr, size_t size);
void __wrap_free(void *ptr);

void *__wrap_malloc(size_t size)
{
    size_t octets = size == 0 ? 1 : size;

    return arena.is_entered ? memset(acquire(octets), GARBAGE, octets) : __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size)
{
    size_t octets = n * size == 0 ? 1 : n * size;

    return arena.is_entered ? memset(acquire(octets), 0, octets) : __real_calloc(n, size);
}

void *__wrap_realloc(void *ptr, size_t size)
{
    size_t before;
    void *more;

    if (!arena.is_entered && !is_inside(ptr))
        return __real_realloc(ptr, size);
    if (ptr == NULL)
        return __wrap_malloc(size);
    before = ((const struct header *)ptr - 1)->size;
    more = __wrap_malloc(size);
    memcpy(more, ptr, before < size ? before : size);
    __wrap_free(ptr);
    return more;
}

void __wrap_free(void *ptr)
{
    if (is_inside(ptr))
        release((struct header *)ptr - 1);
    else
        __real_free(ptr);
}

/* --- Life ----------------------------------------------------------------------------- */

/* What is poisoned is read as well. */
NO_ASAN static void page_copy(uint8_t *to, const uint8_t *from)
{
    volatile uint64_t *out = (volatile uint64_t *)(void *)to;
    const volatile uint64_t *in = (const volatile uint64_t *)(const void *)from;

    for (size_t i = 0; i < PAGE / sizeof *in; i++)
        out[i] = in[i];
}

/* The first write to a page: from here on it is part of every copy. */
static void on_fault(int number, siginfo_t *info, void *context)
{
    const uint8_t *at = info->si_addr;
    size_t page = (size_t)(at - arena.base) / PAGE;

    (void)context;
    if (at < arena.base || at >= arena.base + ARENA_OCTETS || arena.is_hot[page]) {
        (void)sigaction(number, &arena.before, NULL); /* it happens again, to whom it concerns */
        return;
    }
    page_copy(arena.settled + arena.n_hot * PAGE, arena.base + page * PAGE);
    arena.is_hot[page] = true;
    arena.hot[arena.n_hot++] = page;
    if (mprotect(arena.base + page * PAGE, PAGE, PROT_READ | PROT_WRITE) != 0)
        die("no access");
}

static uint8_t *room_new(void)
{
    void *room = mmap(NULL, ARENA_OCTETS, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (room == MAP_FAILED)
        die("no memory");
    return room;
}

void arena_open(void)
{
    arena.base = room_new();
    arena.settled = room_new();
    arena.book = (struct book *)(void *)arena.base;
    arena.book->top = PAGE; /* the book has a page of its own */
    arena.is_settled = false;
}

void arena_enter(void)
{
    arena.is_entered = true;
}

void arena_leave(void)
{
    arena.is_entered = false;
}

void arena_settle(void)
{
    const struct sigaction action = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO };

    arena.is_settled = true;
    arena.n_hot = 0;
    memset(arena.is_hot, 0, sizeof arena.is_hot);
    if (sigaction(SIGSEGV, &action, &arena.before) != 0 ||
        mprotect(arena.base, ARENA_OCTETS, PROT_READ) != 0)
        die("no access");
}

void arena_close(void)
{
    if (arena.is_settled)
        (void)sigaction(SIGSEGV, &arena.before, NULL);
    UNPOISON(arena.base, ARENA_OCTETS);
    (void)munmap(arena.base, ARENA_OCTETS);
    (void)munmap(arena.settled, ARENA_OCTETS);
    arena.base = NULL;
}

/* --- Copies --------------------------------------------------------------------------- */

#if defined HAS_ASAN
/* Copies read what nobody may: lifts the veil, and puts it back. */
static void unveil(void)
{
    UNPOISON(arena.base, arena.book->top);
}

static void veil(void)
{
    for (size_t at = PAGE; at < arena.book->top;) {
        const struct header *h = header_at(at);
        size_t octets = class_octets(h->class);

        at += sizeof *h;
        POISON(arena.base + at + h->size, octets - h->size);
        at += octets;
    }
}
#else
static void unveil(void)
{
}

static void veil(void)
{
}
#endif

size_t arena_octets(void)
{
    return arena.n_hot * PAGE;
}

void arena_save(struct snapshot *to)
{
    size_t len = arena.n_hot * PAGE;

    if (to->cap < len) {
        __real_free(to->octets);
        to->cap = len + len / 4;
        to->octets = __real_malloc(to->cap);
        if (to->octets == NULL)
            die("no memory for a copy");
    }
    unveil();
    for (size_t i = 0; i < arena.n_hot; i++)
        memcpy(to->octets + i * PAGE, arena.base + arena.hot[i] * PAGE, PAGE);
    veil();
    to->len = len;
}

/* A page whose first write came after the copy is as it was when all settled. */
void arena_restore(const struct snapshot *from)
{
    unveil();
    for (size_t i = 0; i < arena.n_hot; i++) {
        const uint8_t *page = i * PAGE < from->len ? from->octets : arena.settled;

        memcpy(arena.base + arena.hot[i] * PAGE, page + i * PAGE, PAGE);
    }
    veil();
}

void snapshot_clear(struct snapshot *s)
{
    __real_free(s->octets);
    *s = (struct snapshot){ 0 };
}
