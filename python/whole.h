/* Bytes objects that are received into, so that nothing is copied. */
#ifndef NSKP_WHOLE_H
#define NSKP_WHOLE_H

#include "socket.h"

/* The object into which a call that has begun receives its exact count, where that is
   much. NULL without an exception: little, or there is no memory for it now; a copy of
   what has come is made then. */
PyObject *nskp_whole_begin(nsk_transfer *op);

/* What a call that is done comes to; takes `whole`, which may be NULL. NULL: there is no
   memory, and nothing was delivered. */
PyObject *nskp_whole_result(nsk_transfer *op, PyObject *whole);

/* What a call that is not done has received is the operation's; takes `whole`. */
void nskp_whole_drop(nsk_transfer *op, PyObject *whole);

/* The first n bytes of an object that was only just made; takes it. */
PyObject *nskp_shortened(PyObject *whole, size_t n);

#endif
