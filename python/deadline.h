/* The deadline object. */
#ifndef NSKP_DEADLINE_H
#define NSKP_DEADLINE_H

#include "adapter.h"

extern PyType_Spec nskp_deadline_spec;

#endif
