/* Functions that run before a descriptor goes. */
#ifndef NSKP_GCFN_H
#define NSKP_GCFN_H

#include "adapter.h"

/* Runs the functions of addgcfn, the last added first; no exception comes out. */
void nskp_run_gcfns(nskp_socket *sock);

/* They run just now, or have run: the socket is as good as closed. */
bool nskp_is_ending(const nskp_socket *sock);

#endif
