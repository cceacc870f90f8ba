/* Memory to receive into, and the bytes that a socket has pending. */
#ifndef NETSOCKET_PENDING_H
#define NETSOCKET_PENDING_H

#include "socket.h"

/* Memory that a receive fills before the language's object is made. When that object
   cannot be made, the buffer goes back to the socket: nothing is lost, and nothing has to
   be allocated then. Outside of the core only `capacity`, `from` and `data` are used. */
typedef struct nsk_buffer {
  struct nsk_buffer *next; /* the packet, or the part of a stream, that comes after */
  nsk_side *spare;         /* for a socket that has no side record yet */
  size_t capacity;
  size_t start, length; /* where the pending bytes are in data */
  size_t scanned;       /* so many of them hold no newline */
  size_t segment; /* several packets of this size, the last may be shorter; 0: one */
  size_t first;   /* of a batch: the index of its first packet */
  bool cut;       /* there was more of the last packet */
  nsk_addr from;
  unsigned char data[];
} nsk_buffer;

/* Makes *buffer hold at least capacity bytes (NULL at first); false when there is no
   memory, *buffer is then as before. A buffer above 64 KiB is not reused for smaller
   receives but freed, so that one large receive does not stay. */
bool nsk_buffer_reserve(nsk_buffer **buffer, size_t capacity);
void nsk_buffer_free(nsk_buffer *buffer);

/* Gives `length` received bytes, or a packet, back to the socket, which owns the buffer
   from then on: they come before what is pending, with the next receive that asks for
   ordinary bytes. `from` is the sender, NULL: none. Of a closed socket they go. */
void nsk_socket_put_back(nsk_socket *s, nsk_buffer *buffer, size_t length,
                         const nsk_addr *from);

/* Has such a buffer out of the socket again, where all of its `length` bytes are still
   the first that are pending; else it is the socket's, or gone, and the answer is NULL.
 */
nsk_buffer *nsk_socket_take_back(nsk_socket *s, const nsk_buffer *buffer, size_t length);

/* How many bytes are pending: 0 while an operation holds them. */
size_t nsk_socket_pending(const nsk_socket *s);

/* Whether the next receive has an answer that the kernel does not know of: pending
   bytes, or an error that comes after what was received. */
bool nsk_socket_has_pending(const nsk_socket *s);

/* Whether an operation of this process holds what is received: every other receive is
   refused with EBUSY. */
bool nsk_socket_receiving(const nsk_socket *s);

#endif
