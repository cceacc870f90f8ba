/* What sendall sends: bytes, or many pieces in a row. */
#ifndef NSKP_PIECES_H
#define NSKP_PIECES_H

#include "args.h"

/* Views of the pieces, which keep them as they are. Given all zero. */
typedef struct {
  nsk_iovec own; /* of a list: its pieces are the objects' memory */
  Py_buffer *views;
  nskp_iovec *iovec; /* or of an IoVec, which is busy */
} nskp_pieces;

/* Whether a message is a list, a tuple or an IoVec, and no bytes. */
bool nskp_is_pieces(PyObject *self, PyObject *message);

/* Takes hold of the pieces of parameter i. NULL: an exception. */
const nsk_iovec *nskp_pieces_take(nskp_pieces *pieces, const nskp_args *a, int i);
void nskp_pieces_drop(nskp_pieces *pieces); /* idempotent */

/* For the collector: those of an object that keeps them. */
int nskp_pieces_traverse(const nskp_pieces *pieces, visitproc visit, void *arg);

#endif
