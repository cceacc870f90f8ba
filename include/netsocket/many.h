/* Many packets in one call. */
#ifndef NETSOCKET_MANY_H
#define NETSOCKET_MANY_H

#include "message.h"
#include "pending.h"

enum { NSK_MANY_MAX = 1024 }; /* packets received by one call */

/* ------------------------------------------------------------------- sending -- */

/* Packets in a row, and where they go. */
typedef struct {
  const nsk_piece *packets;
  size_t count;
  const nsk_addr *const *to; /* NULL: to the peer */
  bool to_one;               /* to[0] is the address of all, else each has its own */
  size_t done;               /* how many have gone */
} nsk_sending;

/* Sends what has not gone yet, in as few system calls as there can be. NSK_DONE: all, or
   as many as there was room for; what is wrong with the next one is told by the next
   call. NSK_AGAIN: none. NSK_INTERRUPTED: the call goes on where it is made again.
   EOPNOTSUPP: a stream, which has no packets; EAFNOSUPPORT: an address of another family;
   EMSGSIZE, and what send(2) says. Source: sendmmsg(2). */
nsk_outcome nsk_socket_sendmany(nsk_socket *s, nsk_sending *sending, int flags,
                                nsk_error *error);

/* ----------------------------------------------------------------- receiving -- */

/* Room for packets, which is used again, and what was received last. */
typedef struct {
  size_t slots;
  size_t count;
  nsk_buffer *slot[];
} nsk_batch;

/* Makes *batch (NULL at first) hold max packets of size bytes; false when there is no
   memory. */
bool nsk_batch_reserve(nsk_batch **batch, size_t max, size_t size);
void nsk_batch_free(nsk_batch *batch);

/* A packet of the batch: its bytes, its sender (length 0: none), and whether there were
   more of them than there was room for. */
typedef struct {
  const unsigned char *bytes;
  size_t length;
  const nsk_addr *from;
  bool cut;
} nsk_packet;
nsk_packet nsk_batch_packet(const nsk_batch *batch, size_t i);

/* The last packet before i, at most 16 before it, that has the same sender; i: none. */
size_t nsk_batch_same_sender(const nsk_batch *batch, size_t i);

/* 1..1024, else NSK_ARGUMENT. */
nsk_outcome nsk_many_size(int64_t asked, size_t *max, nsk_error *error);

/* Receives what there is, at least one packet and at most max, of which each has room for
   size bytes. NSK_END: of a connection; other outcomes as of nsk_socket_recvfrom.
   EOPNOTSUPP: a stream. Source: recvmmsg(2). */
nsk_outcome nsk_socket_recvmany(nsk_socket *s, nsk_batch *batch, size_t max, size_t size,
                                int flags, nsk_error *error);

/* Gives all packets of the batch back to the socket: there was no memory for them. */
void nsk_batch_put_back(nsk_socket *s, nsk_batch *batch);

#endif
