/* The plan: found at load, asked at every call. */
#include "fault.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static const char *const names[] = {
#define SYS(NAME) #NAME,
#include "sys.def"
    "malloc", "calloc", "realloc", "strdup"};

/* A row of sys.def that no file here wraps ends the link: hidden symbols must be ours. */
typedef void any_function(void);
#define SYS(NAME) __attribute__((visibility("hidden"))) any_function __wrap_##NAME;
#include "sys.def"
extern any_function *const fault_wrapped[];
any_function *const fault_wrapped[] = {
#define SYS(NAME) __wrap_##NAME,
#include "sys.def"
};

static fault_plan *plan;

/* A plan that cannot be used ends the program: the test would prove nothing. */
static void refuse(const char *path, const char *why) {
  fprintf(stderr, "fault file %s: %s\n", path, why);
  abort();
}

/* Runs when the module is loaded, before anything of it is called. */
__attribute__((constructor)) static void attach(void) {
  const char *path = getenv("NSK_FAULT_FILE");
  if (path == NULL) return;
  int fd = open(path, O_RDWR | O_CLOEXEC);
  if (fd < 0) refuse(path, "cannot be opened");
  void *at = mmap(NULL, sizeof *plan, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  if (at == MAP_FAILED) refuse(path, "cannot be mapped");
  fault_plan *found = at;
  if (found->magic != FAULT_MAGIC || found->size != sizeof *found)
    refuse(path, "has another layout than fault.h: build again");
  for (size_t i = 0; i < FAULT_CALLS; i++)
    snprintf(found->names[i], FAULT_NAME, "%s", names[i]);
  plan = found;
  atomic_store(&plan->calls, FAULT_CALLS);
}

fault_plan *fault_plan_in_use(void) {
  return plan;
}

void fault_abort(const char *call, int fd, const char *reason) {
  char words[FAULT_WORDS];
  snprintf(words, sizeof words, "%s(%d): %s", call, fd, reason);
  if (plan != NULL) memcpy(plan->reason, words, sizeof words);
  fprintf(stderr, "fault build: %s\n", words);
  abort();
}

/* A call that takes as long as the test wants. */
static const fault_rule *hold(void) {
  const struct timespec look_again = {0, 1000000};
  while (atomic_load(&plan->armed) != 0)
    nanosleep(&look_again, NULL);
  return NULL;
}

/* To this thread: its handler runs here, or where the call lets it in. */
static const fault_rule *have_signal(const fault_rule *rule) {
  raise(rule->code);
  return NULL;
}

const fault_rule *fault_enter(int call) {
  if (plan == NULL || atomic_load(&plan->armed) == 0) return NULL;
  uint32_t use = atomic_fetch_add(&plan->counts[call], 1);
  /* Asking for the time needs no system call where it matters. */
  if (call < FAULT_SYSTEM_CALLS && call != FAULT_clock_gettime) {
    uint32_t total = atomic_fetch_add(&plan->total, 1);
    uint32_t limit = atomic_load(&plan->limit);
    if (total < FAULT_TRACE) plan->trace[total] = (uint8_t)call;
    /* A call that spins would hold the test without end. */
    if (limit != 0 && total >= limit)
      fault_abort(names[call], -1, "more system calls than this function may need");
  }
  for (fault_rule *rule = plan->rules; rule < plan->rules + FAULT_RULES; rule++) {
    if (rule->kind == FAULT_OFF || rule->call != (uint32_t)call || use < rule->skip ||
        use - rule->skip >= rule->times)
      continue;
    atomic_fetch_add(&rule->hits, 1);
    if (rule->kind == FAULT_SIGNAL) return have_signal(rule);
    return rule->kind == FAULT_HOLD ? hold() : rule;
  }
  return NULL;
}
