/* What a socket has beside it, and how that goes with it. */
#ifndef NSKP_LEAVING_H
#define NSKP_LEAVING_H

#include "adapter.h"

/* Made when there is none; NULL: raised, no memory. */
nskp_extra *nskp_extra_of(nskp_socket *sock);
int nskp_extra_traverse(nskp_socket *sock, visitproc visit, void *arg);

/* The number is about to be known outside, where the loop may be given it. */
void nskp_doubt(nskp_socket *sock);

/* Has signals->closing wake a wait when the socket closes, in families where shutdown(2)
   does not. NSK_INTERRUPTED: raised, no memory. EMFILE, ENFILE. */
nsk_outcome nskp_await_closing(nskp_socket *sock, nsk_signals *signals, nsk_error *error);

/* The socket has closed. */
void nskp_tell_closing(nskp_socket *sock);

/* Of a child: the event is its parent's too. */
void nskp_forget_closing(nskp_socket *sock);

/* Of a child: the loop that has still to forget the descriptor is its parent's. */
void nskp_forget_hold(nskp_socket *sock);

/* Has the loops forget the socket; who waits is woken. No exception comes out. The loop's
   code runs, and other threads: the caller counts as a call that is inside, so that none
   of them takes down what is beside the socket. */
void nskp_leave_loops(nskp_socket *sock);

/* The end of what is beside the socket. Gives back the descriptor, to be closed, or -1: a
   loop in another thread closes it when it has forgotten it. What calls without the GIL
   still use stays until the last of them leaves, which calls it again. */
int nskp_give_up(nskp_socket *sock, int fd);

/* The end of a socket whose descriptor goes to the caller: one that calls or a loop have
   still to leave stays with them, and the caller gets a duplicate. Steals `number`, the
   object of the descriptor. NULL: raised, and the socket is as it was. */
PyObject *nskp_give_away(nskp_socket *sock, const nskp_row *row, PyObject *number);

/* Made with the socket as its owner, when there is none; NULL: no memory. */
nskp_hold *nskp_hold_of(nskp_extra *extra);

/* One owner less. */
void nskp_hold_release(nskp_hold *hold);

#endif
