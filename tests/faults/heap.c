/* The heap of the core and the adapters: counted, and failing as the plan says. */
#include "fault.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void *__wrap_realloc(void *block, size_t size);
char *__real_strdup(const char *text);
char *__wrap_strdup(const char *text);
void __real_free(void *block);
void __wrap_free(void *block);

static bool refused(int call) {
  const fault_rule *rule = fault_enter(call);
  if (rule == NULL || rule->kind != FAULT_RETURN) return false;
  errno = ENOMEM;
  return true;
}

static void *counted(void *block, int change) {
  fault_plan *plan = fault_plan_in_use();
  if (plan != NULL && block != NULL) atomic_fetch_add(&plan->blocks, change);
  return block;
}

void *__wrap_malloc(size_t size) {
  return refused(FAULT_malloc) ? NULL : counted(__real_malloc(size), 1);
}

void *__wrap_calloc(size_t count, size_t size) {
  return refused(FAULT_calloc) ? NULL : counted(__real_calloc(count, size), 1);
}

void *__wrap_realloc(void *block, size_t size) {
  int change = block == NULL ? 1 : 0;
  return refused(FAULT_realloc) ? NULL : counted(__real_realloc(block, size), change);
}

char *__wrap_strdup(const char *text) {
  return refused(FAULT_strdup) ? NULL : counted(__real_strdup(text), 1);
}

void __wrap_free(void *block) {
  counted(block, -1);
  __real_free(block);
}
