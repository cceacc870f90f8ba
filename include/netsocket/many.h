/* Many packets in one call. */
#ifndef NETSOCKET_MANY_H
#define NETSOCKET_MANY_H

#include "message.h"
#include "pending.h"

enum { NSK_MANY_MAX = 1024 }; /* of one system call */

/* ------------------------------------------------------------------- sending -- */

/* Packets in a row, and where they go. */
typedef struct {
  const nsk_piece *packets;
  size_t count;
  const nsk_addr *const *to; /* NULL: to the peer */
  bool to_one;               /* to[0] is the address of all, else each has its own */
  bool all;                  /* not some alone: a call that blocks, in several tries */
  size_t done;               /* how many have gone */
} nsk_sending;

/* Sends what has not gone yet, in as few system calls as there can be: datagrams of UDP
   that have one destination and one size go as segments of one message where the system,
   the route and the socket's options let them. NSK_DONE: all, or as many as there was
   room for; what is wrong with the next one is told by the next call. NSK_AGAIN: none, or
   of all not all yet; where done is above 0 a caller that waits no longer has sent those.
   NSK_INTERRUPTED: the call goes on where it is made again. EOPNOTSUPP: a stream, which
   has no packets; EAFNOSUPPORT: an address of another family; EMSGSIZE, NSK_MEMORY, and
   what send(2) says. Source: sendmmsg(2). */
nsk_outcome nsk_socket_sendmany(nsk_socket *s, nsk_sending *sending, int flags,
                                nsk_error *error);

/* ----------------------------------------------------------------- receiving -- */

/* Room for packets, which is used again, and what was received last. */
typedef struct nski_rows nski_rows;
typedef struct {
  size_t slots;
  size_t count;   /* slots that were filled, each with a packet or several joined ones */
  size_t packets; /* how many that are */
  size_t size;    /* the most bytes of each */
  size_t room;    /* and of each slot */
  nski_rows *rows;
  nsk_buffer *slot[];
} nsk_batch;

/* Makes *batch (NULL at first) fit to receive max times from this socket, packets of size
   bytes; where the system joins them (UDP_GRO) there is room for what it joins. False
   when there is no memory. */
bool nsk_batch_reserve(nsk_batch **batch, const nsk_socket *s, size_t max, size_t size);
void nsk_batch_free(nsk_batch *batch);

/* A packet of the batch: its bytes, its sender (length 0: none), and whether there were
   more of them than there was room for. */
typedef struct {
  const unsigned char *bytes;
  size_t length;
  const nsk_addr *from;
  bool cut;
  size_t same; /* the index of an earlier packet of the same sender, or its own */
} nsk_packet;

/* The next packet: all zero is the place of the first. */
typedef struct {
  size_t slot, at;
} nsk_batch_place;
bool nsk_batch_next(const nsk_batch *batch, nsk_batch_place *place, nsk_packet *packet);

/* 1..1024, else NSK_ARGUMENT. */
nsk_outcome nsk_many_size(int64_t asked, size_t *max, nsk_error *error);

/* Receives what there is: one packet at least, and at most what max receives give.
   NSK_END: of a connection; other outcomes as of nsk_socket_recvfrom. EOPNOTSUPP: a
   stream. Source: recvmmsg(2). */
nsk_outcome nsk_socket_recvmany(nsk_socket *s, nsk_batch *batch, size_t max, int flags,
                                nsk_error *error);

/* Gives all packets of the batch back to the socket: there was no memory for them. */
void nsk_batch_put_back(nsk_socket *s, nsk_batch *batch);

#endif
