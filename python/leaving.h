/* What a socket has beside it, its descriptor, and how they go with it. */
#ifndef NSKP_LEAVING_H
#define NSKP_LEAVING_H

#include "adapter.h"

/* Made when there is none; NULL: raised, no memory. */
nskp_extra *nskp_extra_of(nskp_socket *sock);
int nskp_extra_traverse(nskp_socket *sock, visitproc visit, void *arg);

/* close(2), and the end of what was pending. The GIL is given away only where that may
   take long: between the two another thread may fork, and its child has a copy of which
   no object knows. */
nsk_outcome nskp_close(nsk_socket *gone, nsk_error *error);

/* The socket has closed. */
void nskp_tell_closing(nskp_socket *sock);

/* Of a child: the event is its parent's too. */
void nskp_forget_closing(nskp_socket *sock);

/* Of a child: the loop that has still to forget the descriptor is its parent's. */
void nskp_forget_hold(nskp_socket *sock);

/* Made with the socket as its owner, when there is none; NULL: no memory. */
nskp_hold *nskp_hold_of(nskp_extra *extra);

/* One owner less. */
void nskp_hold_release(nskp_hold *hold);

#endif
