/* Functions that run before a descriptor goes. */
#ifndef NSKP_GCFN_H
#define NSKP_GCFN_H

#include "adapter.h"

/* Runs the functions of addgcfn, the last added first; no exception comes out. */
void nskp_run_gcfns(nskp_socket *sock);

#endif
