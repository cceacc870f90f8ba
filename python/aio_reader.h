/* Readers of netsocket.aio: the methods of a reader's rows, as coroutines. */
#ifndef NSKP_AIO_READER_H
#define NSKP_AIO_READER_H

#include "adapter.h"

#define READER(NAME, CALL, ...) PyObject *nskp_aio_reader_##NAME(NSKP_##CALL);
#pragma GCC visibility push(hidden)
#include "api.def"
#pragma GCC visibility pop

/* module.c */
extern PyMethodDef nskp_aio_reader_methods[];

extern PyType_Spec nskp_aio_reader_spec;
extern PyType_Spec nskp_aio_lines_spec;

#endif
