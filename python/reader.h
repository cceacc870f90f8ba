/* Readers. */
#ifndef NSKP_READER_H
#define NSKP_READER_H

#include "args.h"

typedef struct {
  PyObject_HEAD nskp_socket *sock;
  nsk_reader reader;
} nskp_reader;

/* An iterator of lines. `sec` is for each of them, an object as it was given: a deadline
   is one for all. */
typedef struct {
  PyObject_HEAD nskp_reader *reader;
  PyObject *sec; /* NULL: the socket's own time */
} nskp_lines;

/* Of either kind, whose methods wait or are coroutines: made of `limit` and `size`, the
   arguments from `first` on, and of the arguments of `lines`. */
PyObject *nskp_make_reader(PyTypeObject *type, nskp_socket *sock, const nskp_args *a,
                           int first);
PyObject *nskp_make_lines(PyTypeObject *type, NSKP_KEY);

/* That of the next line; false with an exception. */
bool nskp_lines_deadline(const nskp_lines *self, nsk_deadline *deadline);

int nskp_reader_fd(PyObject *self); /* -1: its socket is closed */
PyObject *nskp_itself(PyObject *self);
int nskp_reader_traverse(PyObject *self, visitproc visit, void *arg);
void nskp_reader_dealloc(PyObject *self);
int nskp_lines_traverse(PyObject *self, visitproc visit, void *arg);
void nskp_lines_dealloc(PyObject *self);

extern PyType_Spec nskp_reader_spec;
extern PyType_Spec nskp_lines_spec;

#endif
