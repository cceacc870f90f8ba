/*
 * The fault seam. In the fault build every system call and every allocation of the
 * modules goes through a __wrap_ function, which counts it, asks the plan whether
 * it is to fail, and tells the tracker about the descriptors in it.
 *
 * The plan lies in a file (NSK_FAULT_FILE) that the tested program and the test map
 * both, so that a test steers a Lua and a Python process alike, without a word in
 * either language. Without the file nothing fails and nothing is checked. plan.py
 * has the same layout.
 */
#ifndef NSK_FAULT_H
#define NSK_FAULT_H

#include <stdatomic.h>
#include <stdint.h>

/* The calls that a rule can name: the rows of sys.def, then the heap. */
enum {
#define SYS(NAME) FAULT_##NAME,
#include "sys.def"
  FAULT_SYSTEM_CALLS,
  FAULT_malloc = FAULT_SYSTEM_CALLS,
  FAULT_calloc,
  FAULT_realloc,
  FAULT_strdup,
  FAULT_CALLS
};

enum {
  FAULT_MAGIC = 0x464b534e,
  FAULT_RULES = 8,
  FAULT_NAMES = 64,    /* room for names and counts */
  FAULT_NAME = 24,     /* bytes of a name */
  FAULT_TRACE = 512,   /* calls whose order is kept */
  FAULT_WORDS = 240,   /* bytes of the reason for an abort */
  FAULT_FDS = 1 << 16, /* descriptors in the tracker */
};

_Static_assert((int)FAULT_CALLS <= (int)FAULT_NAMES, "fault.h: FAULT_NAMES is too small");

enum fault_kind {
  FAULT_OFF,
  FAULT_RETURN, /* return value with errno code; the call is not made */
  FAULT_AFTER,  /* make the call, then return value with errno code all the same */
  FAULT_SHORT,  /* let it move at most value bytes */
  FAULT_STORM,  /* poll, ppoll: a signal arrives every value nanoseconds */
  FAULT_SHIFT,  /* clock_gettime: the clock whose number is code is value ns ahead */
  FAULT_HOLD,   /* make the call when the plan is no longer armed */
  FAULT_SIGNAL, /* the signal whose number is code comes, then make the call */
};

typedef struct {
  uint32_t kind;
  uint32_t call;
  uint32_t skip;  /* how many uses go well first */
  uint32_t times; /* how many fail after that */
  int64_t value;
  int32_t code;
  _Atomic uint32_t hits; /* how many did */
} fault_rule;

/* What the tracker knows of a descriptor number. */
enum { FAULT_UNKNOWN, FAULT_OWNED, FAULT_CLOSED };

typedef struct {
  uint32_t magic, size;
  _Atomic uint32_t calls; /* names below; not 0: the module is there */
  _Atomic uint32_t armed; /* the rules hold, and calls are counted, while not 0 */
  _Atomic uint32_t limit; /* abort on more system calls than this; 0: any number */
  _Atomic uint32_t total; /* system calls since armed */
  _Atomic int32_t blocks; /* heap blocks that are allocated */
  _Atomic int32_t lists;  /* answers of getaddrinfo that are not freed */
  fault_rule rules[FAULT_RULES];
  char names[FAULT_NAMES][FAULT_NAME];
  _Atomic uint32_t counts[FAULT_NAMES]; /* since armed */
  uint8_t trace[FAULT_TRACE];           /* the order of the first system calls */
  char reason[FAULT_WORDS];
  _Atomic uint8_t fds[FAULT_FDS];
} fault_plan;

/* fault.c: counts one use; the rule that it falls under, or NULL. */
const fault_rule *fault_enter(int call);
fault_plan *fault_plan_in_use(void); /* NULL: none */
_Noreturn void fault_abort(const char *call, int fd, const char *reason);

/* fd_tracker.c: a call has made, uses, is about to close a descriptor. */
void fault_made(int call, int fd);
void fault_used(int call, int fd);
void fault_closing(int fd);
void fault_adopted(int fd);
void fault_given_away(int fd);

/* Not 0 while this thread works on a number that the user has given: no one knows
   here whether that is open. */
extern _Thread_local int fault_foreign;

#endif
