/* Readers. */
#ifndef NSKP_READER_H
#define NSKP_READER_H

#include "adapter.h"

extern PyType_Spec nskp_reader_spec;
extern PyType_Spec nskp_lines_spec;

#endif
