/* Messages with control data, and many of them. */
#ifndef NSK_CORE_MESSAGE_H
#define NSK_CORE_MESSAGE_H

#include "socket/socket.h"

/* cmsg_kind.c: how many bytes such a message has at least. */
size_t nski_cmsg_least(int level, int type);

/* cmsg.c: closes the descriptors of a message that was received. */
void nski_close_received(const unsigned char *fds, size_t bytes);

/* control.c */
bool nski_control_reserve(nsk_control *control, size_t capacity);
size_t nski_control_clear(
    nsk_control *control); /* closes received descriptors: how many */
/* The message at *at, which moves on to the next one; its data stay in the control. */
bool nski_control_walk(const nsk_control *control, size_t *at, nsk_cmsg *cmsg);
/* Takes `length` bytes that the kernel wrote into buffer. */
void nski_control_received(nsk_control *control, size_t length);
/* What `to` held goes, what was just received takes its place; there is room for it. */
void nski_control_move(nsk_control *to, nsk_control *received);
/* How many descriptors SCM_RIGHTS has; takes them all, the caller's from now on. */
size_t nski_control_fds(const nsk_control *control);
size_t nski_control_take_fds(nsk_control *control, int *fds);

/* message.c: one recvmsg(2) that fills an empty control; wire->msg_flags is its word. */
nsk_outcome nski_receive_message(nsk_socket *s, struct msghdr *wire, nsk_control *control,
                                 int flags, size_t *n, nsk_error *error);

#endif
