/*
 * The resolver on threads of its own, one for each family that is asked. getaddrinfo(3)
 * and getnameinfo(3) cannot be cancelled, so the request belongs to the asker, who may
 * lose interest, and to each thread, which ends when the resolver does. The last to leave
 * frees it. The event is closed under the mutex and written only under it, so no thread
 * ever writes to a descriptor number that has become another file's.
 */
#include "address/address.h"

#include <stdlib.h>
#include <string.h>

/* What one family's resolver is asked, and has answered. */
typedef struct {
  nski_worker *worker;
  int family;
  bool finished;
  bool taken; /* the asker's alone */
  nsk_outcome outcome;
  nsk_list list;
  nsk_error error;
} question;

enum { FAMILIES = 2 };

struct nski_worker {
  pthread_mutex_t mutex;
  int owners;
  unsigned generation; /* the process that has the threads */
  bool posted;
  nsk_event event; /* wait_fd -1: the asker has gone */
  nsk_query query;
  nsk_texts texts;
  size_t asked;
  question questions[FAMILIES];
};

static void leave(nski_worker *w) {
  int owners = --w->owners;
  pthread_mutex_unlock(&w->mutex);
  if (owners > 0) return;
  pthread_mutex_destroy(&w->mutex);
  for (size_t i = 0; i < w->asked; i++)
    nsk_list_free(&w->questions[i].list);
  free(w);
}

static void *resolve_on_thread(void *argument) {
  question *q = argument;
  nski_worker *w = q->worker;
  nsk_query query = w->query;
  nsk_list list;
  nsk_error error;
  query.family = q->family;
  nsk_outcome outcome = nski_lookup(&query, &w->texts, &list, &error);
  pthread_mutex_lock(&w->mutex);
  q->outcome = outcome;
  q->list = list;
  q->error = error;
  q->finished = true;
  if (w->event.wait_fd >= 0) nsk_event_post(&w->event);
  w->posted = true;
  leave(w);
  return NULL;
}

/* The thread takes no signals: they belong to the threads of the program. */
static int start_thread(question *q) {
  pthread_t thread;
  pthread_attr_t attributes;
  sigset_t all, before;
  int code = pthread_attr_init(&attributes);
  if (code != 0) return code;
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  code = pthread_create(&thread, &attributes, resolve_on_thread, q);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  pthread_attr_destroy(&attributes);
  return code;
}

/* The thread is an owner before it runs: it may be done before we are back. */
static int ask(nski_worker *w, int family) {
  question *q = &w->questions[w->asked];
  q->worker = w;
  q->family = family;
  pthread_mutex_lock(&w->mutex);
  w->asked++;
  w->owners++;
  pthread_mutex_unlock(&w->mutex);
  int code = start_thread(q);
  if (code == 0) return 0;
  pthread_mutex_lock(&w->mutex);
  w->owners--; /* ours is left */
  pthread_mutex_unlock(&w->mutex);
  return code;
}

/* pthread_create(3) says EAGAIN, which means "wait for it" of a socket. */
static nsk_outcome no_thread(const nsk_texts *texts, nsk_error *error) {
  nski_fail_about(error, "pthread_create", EAI_MEMORY, texts->host, strlen(texts->host));
  error->domain = NSK_RESOLVER;
  nski_error_say(error, "no thread for the resolver");
  return NSK_FAILED;
}

nsk_outcome nski_worker_start(nski_worker **worker, const nsk_query *query,
                              const nsk_texts *texts, bool apart, nsk_error *error) {
  nski_worker *w = calloc(1, sizeof *w);
  if (w == NULL) return nski_fail_memory(error, nski_lookup_op(texts));
  int code = nski_event_open(&w->event);
  if (code != 0) {
    free(w);
    return nski_fail(error, "eventfd", code);
  }
  pthread_mutex_init(&w->mutex, NULL);
  w->owners = 1;
  w->generation = nsk_fork_generation();
  w->query = *query; /* its pointers into the caller's texts are not followed */
  w->texts = *texts;
  bool both = apart && query->family == AF_UNSPEC;
  code = ask(w, both ? AF_INET6 : query->family);
  if (both && code == 0) code = ask(w, AF_INET);
  if (code != 0) {
    nski_worker_drop(w);
    return no_thread(texts, error);
  }
  *worker = w;
  return NSK_DONE;
}

int nski_worker_fd(const nski_worker *worker) {
  return worker->event.wait_fd;
}

bool nski_worker_owes(const nski_worker *worker, int family) {
  for (size_t i = 0; i < worker->asked; i++) {
    const question *q = &worker->questions[i];
    if (!q->taken && (family == AF_UNSPEC || family == q->family)) return true;
  }
  return false;
}

static question *find_answer(nski_worker *w) {
  for (size_t i = 0; i < w->asked; i++)
    if (w->questions[i].finished && !w->questions[i].taken) return &w->questions[i];
  return NULL;
}

nsk_outcome nski_worker_take(nski_worker *worker, int *family, nsk_list *list,
                             nsk_error *error) {
  nsk_outcome outcome = NSK_AGAIN;
  pthread_mutex_lock(&worker->mutex);
  question *q = find_answer(worker);
  if (q != NULL) {
    q->taken = true;
    *family = q->family;
    outcome = q->outcome;
    if (outcome == NSK_DONE) {
      *list = q->list;
      memset(&q->list, 0, sizeof q->list);
    } else {
      *error = q->error;
    }
  } else if (worker->posted) {
    /* All that was announced has been taken: the next answer is to wake us again. */
    worker->posted = !nski_event_clear(&worker->event);
  }
  pthread_mutex_unlock(&worker->mutex);
  return outcome;
}

bool nski_worker_is_parents(const nski_worker *worker) {
  return worker->generation != nsk_fork_generation();
}

/* After a fork the threads are the parent's, and one of them may have had the mutex: then
   only what the child has copies of is closed. */
void nski_worker_drop(nski_worker *worker) {
  if (nski_worker_is_parents(worker)) {
    nsk_event_close(&worker->event);
    return;
  }
  pthread_mutex_lock(&worker->mutex);
  nsk_event_close(&worker->event);
  leave(worker);
}
