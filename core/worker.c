/*
 * The resolver on a thread of its own. getaddrinfo(3) cannot be cancelled, so the
 * request belongs to two: the asker, who may lose interest, and the thread, who
 * ends when the resolver does. Whoever leaves last frees it. The event is closed
 * under the mutex and written only under it, so the thread never writes to a
 * descriptor number that has become somebody else's.
 */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

struct nsk_worker {
  pthread_mutex_t mutex;
  int owners;
  bool finished;
  nsk_event event; /* wait_fd -1: the asker has gone */
  nsk_query query;
  nsk_texts texts;
  nsk_outcome outcome;
  nsk_list list;
  nsk_error error;
};

static void leave(nsk_worker *w) {
  int owners = --w->owners;
  pthread_mutex_unlock(&w->mutex);
  if (owners > 0) return;
  pthread_mutex_destroy(&w->mutex);
  nsk_list_free(&w->list);
  free(w);
}

static void *run(void *argument) {
  nsk_worker *w = argument;
  nsk_list list;
  nsk_error error;
  nsk_outcome outcome =
      nsk_lookup(&w->query, w->texts.have_host ? w->texts.host : NULL,
                 w->texts.have_service ? w->texts.service : NULL, &list, &error);
  pthread_mutex_lock(&w->mutex);
  w->outcome = outcome;
  w->list = list;
  w->error = error;
  w->finished = true;
  if (w->event.wait_fd >= 0) nsk_event_post(&w->event);
  leave(w);
  return NULL;
}

/* The thread takes no signals: they belong to the threads of the program. */
static int start_thread(nsk_worker *w) {
  pthread_t thread;
  pthread_attr_t attributes;
  sigset_t all, before;
  int code = pthread_attr_init(&attributes);
  if (code != 0) return code;
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  code = pthread_create(&thread, &attributes, run, w);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  pthread_attr_destroy(&attributes);
  return code;
}

nsk_outcome nsk_worker_start(nsk_worker **worker, const nsk_query *query,
                             const nsk_texts *texts, nsk_error *error) {
  nsk_worker *w = calloc(1, sizeof *w);
  if (w == NULL) return nsk_fail_memory(error, "getaddrinfo");
  int code = nsk_event_open(&w->event);
  if (code != 0) {
    free(w);
    return nsk_fail(error, "eventfd", code);
  }
  pthread_mutex_init(&w->mutex, NULL);
  w->owners = 2;
  w->query = *query; /* its pointers into the caller's texts are not followed */
  w->texts = *texts;
  code = start_thread(w);
  if (code != 0) {
    nsk_event_close(&w->event);
    pthread_mutex_destroy(&w->mutex);
    free(w);
    return nsk_fail(error, "pthread_create", code);
  }
  *worker = w;
  return NSK_DONE;
}

int nsk_worker_fd(const nsk_worker *worker) {
  return worker->event.wait_fd;
}

nsk_outcome nsk_worker_take(nsk_worker *worker, nsk_list *list, nsk_error *error) {
  nsk_outcome outcome = NSK_AGAIN;
  pthread_mutex_lock(&worker->mutex);
  if (worker->finished) {
    outcome = worker->outcome;
    if (outcome == NSK_DONE) {
      *list = worker->list;
      memset(&worker->list, 0, sizeof worker->list);
    } else {
      *error = worker->error;
    }
  }
  pthread_mutex_unlock(&worker->mutex);
  return outcome;
}

void nsk_worker_drop(nsk_worker *worker) {
  pthread_mutex_lock(&worker->mutex);
  nsk_event_close(&worker->event);
  leave(worker);
}
