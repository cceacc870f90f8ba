/* One socket: its life, what it sends and receives, its options. */
#ifndef NSK_CORE_SOCKET_H
#define NSK_CORE_SOCKET_H

#include "address/address.h"

/* socket.c */
void nski_socket_set(nsk_socket *s, int fd, int family, int type, int protocol,
                     bool nonblock);

/* timeout.c: the mode of the descriptor has been set; false: no memory. */
void nski_set_mode(nsk_socket *s, bool blocks);
bool nski_set_timeout(nsk_socket *s, double seconds);

/* A call that knows no MSG_DONTWAIT must not block, though the description would let it,
   whose mode may have been changed by way of a duplicate. */
bool nski_must_not_block(const nsk_socket *s);

/* side.c: what a socket has beside its descriptor. Only who holds the adapter's lock
   looks at it. */
typedef struct nski_path nski_path;
struct nsk_side {
  nsk_buffer *pending; /* what the next receive gets first */
  nsk_buffer *queued;  /* entries of the error queue that were given back */
  nski_path *path;     /* goes with the socket */
  double timeout;      /* of plain calls, in seconds; 0: they never wait */
  unsigned receiving;  /* the fork generation of an operation that holds bytes; 0: none */
};
nsk_side *nski_side_of(nsk_socket *s); /* made when there is none; NULL: no memory */
void nski_side_trim(nsk_socket *s);    /* after a change: one that says nothing goes */
bool nski_is_receiving(const nsk_side *side); /* in this process */
void nski_side_drop(nsk_socket *s, bool remove_path);
nsk_side *nski_side_make(void);
/* A buffer that may become pending: with a record, for a socket that has none then. */
enum { NSKI_BUFFER_LEAST = 4096, NSKI_BUFFER_REUSED = 65536 };
nsk_buffer *nski_buffer_with_spare(size_t size);
/* Of that capacity, for an operation that holds the socket's record; NULL: no memory. */
nsk_buffer *nski_buffer_of(size_t size);

/* pending.c: what the buffer says of itself is pending, before the rest. */
void nski_put_back(nsk_socket *s, nsk_buffer *buffer);
/* An entry of the error queue that was given back; NULL: there is none. */
nsk_buffer *nski_queued_take(nsk_socket *s);

/* A receive of ordinary bytes, and whether it cut a packet. */
typedef struct {
  const char *op;
  const struct iovec *pieces;
  size_t count;
  int flags;
  size_t *n;
  nsk_addr *from; /* NULL: not asked */
  bool cut;
} nski_receive;
/* True: no system call is needed, *outcome is what the receive comes to. */
bool nski_pending_answers(nsk_socket *s, nski_receive *r, nsk_outcome *outcome,
                          nsk_error *error);

/* From now on other receives are refused. EBADF, EBUSY, NSK_MEMORY. */
nsk_outcome nski_hold(nsk_socket *s, const char *op, nsk_error *error);
/* An operation that holds what it receives begins: *taken are the pending bytes, in one
   buffer or NULL. EOPNOTSUPP, EBUSY, EBADF, NSK_MEMORY. At its end the bytes that its
   caller does not have go back (NULL: none). */
nsk_outcome nski_receiving_begin(nsk_socket *s, const char *op, nsk_buffer **taken,
                                 nsk_error *error);
void nski_receiving_end(nsk_socket *s, nsk_buffer *back);

/* Reading ahead keeps what it receives where it is pending. Opened, there is one buffer,
   perhaps an empty one; closed, none is kept for nothing. EBUSY, NSK_MEMORY. */
nsk_outcome nski_pending_open(nsk_socket *s, bool holds, nsk_buffer **spare,
                              nsk_error *error);
bool nski_pending_room(nsk_side *side, size_t room); /* false: no memory */
void nski_pending_take(nsk_socket *s, size_t n);
void nski_pending_close(nsk_socket *s, nsk_buffer **spare);

/* late_error.c: an error that ends a connection is told again after what was received,
   once; any other is not noted. */
void nski_note_error(nsk_socket *s, int code);

/* names.c: has the error of a failed call on a connected socket name the peer, unless it
   is about something else. Returns the outcome. */
nsk_outcome nski_about_peer(const nsk_socket *s, nsk_outcome outcome, nsk_error *error);
/* The same of a listener's, which has no peer: it names the socket's own address. */
nsk_outcome nski_about_own(const nsk_socket *s, nsk_outcome outcome, nsk_error *error);
/* Whether an address is of the socket's family; else fills the error. */
bool nski_same_family(const nsk_socket *s, const nsk_addr *addr, const char *op,
                      nsk_error *error);

/* io.c: one recv(2), past what is pending. */
nsk_outcome nski_receive_now(nsk_socket *s, void *buf, size_t cap, int flags, size_t *n,
                             nsk_error *error);
/* NSK_AGAIN, NSK_INTERRUPTED or a filled failure of a send. */
nsk_outcome nski_not_sent(nsk_socket *s, const char *op, int code, nsk_error *error);

/* io.c: after a receive of 0 bytes, whether that is the end of the stream. */
bool nski_received_end(const nsk_socket *s);

/* sendfile.c: one round that does not block, of 0 bytes at the end of the file.
   NSK_AGAIN, NSK_INTERRUPTED, or a filled failure. */
nsk_outcome nski_send_file_now(nsk_socket *s, int file, size_t bytes, int64_t offset,
                               size_t *moved, nsk_error *error);

/* path_removal.c: the file that a path names now, and its removal. */
nsk_outcome nski_path_of(const char *name, nski_path **made, nsk_error *error);
void nski_path_remove(const nski_path *path);

/* unix_path.c: bind(2) with the mode and the removal that `how` asks for. */
nsk_outcome nski_bind_path(nsk_socket *s, const nsk_addr *addr, const nsk_bind_how *how,
                           nsk_error *error);

/* iovec.c: the bytes offset .. offset + n as pieces for one call, which takes no more of
   them than NSK_PIECES_MAX (IOV_MAX). The rest is a stream's short count; a packet cannot
   be divided: EMSGSIZE. */
enum { NSK_PIECES_MAX = 1024 };
typedef struct {
  struct iovec v[NSK_PIECES_MAX]; /* none is empty */
  size_t count;
  size_t bytes;
  bool cut; /* there were more pieces */
} nski_slice;
void nski_slice_of(nski_slice *slice, const nsk_iovec *iov, size_t offset, size_t n);
bool nski_slice_fits(const nski_slice *slice, int fd, int type, const char *op,
                     nsk_error *error);

/* interface.c: an interface by name or address. ENODEV: no such name; about the argument
   `subject` EADDRNOTAVAIL: no interface has the address, EAFNOSUPPORT: neither IPv4 nor
   IPv6, EINVAL: no name. */
typedef struct {
  uint32_t index;
  char name[IF_NAMESIZE];
  struct in_addr inet; /* the IPv4 address that it was given by, or 0 */
} nski_interface;
nsk_outcome nski_interface_find(const nsk_interface *which, const char *op,
                                const char *subject, nski_interface *found,
                                nsk_error *error);

/* option_interface.c: the kinds IFNAME, STRING, NAME and CRED. */
nsk_outcome nski_interface_get(const nsk_socket *s, const nsk_option *option,
                               nsk_value *value, nsk_error *error);
nsk_outcome nski_interface_set(const nsk_socket *s, const nsk_option *option,
                               const nsk_value *value, nsk_error *error);
nsk_outcome nski_text_get(const nsk_socket *s, const nsk_option *option, nsk_value *value,
                          nsk_error *error);
nsk_outcome nski_text_set(const nsk_socket *s, const nsk_option *option,
                          const nsk_value *value, nsk_error *error);
nsk_outcome nski_name_check(const nsk_option *option, const nsk_value *value,
                            nsk_error *error);
nsk_outcome nski_name_set(const nsk_socket *s, const nsk_option *option,
                          const nsk_value *value, nsk_error *error);
nsk_outcome nski_credentials_get(const nsk_socket *s, const nsk_option *option,
                                 nsk_value *value, nsk_error *error);

/* setting.c: sets them on a socket that is to be bound or connected, all but its mode,
   which would let connect(2) wait; afterwards that. A failure's op names the option too,
   "setsockopt tcpnodelay", since its subject is to be an address. */
nsk_outcome nski_settings_before(const nsk_setting *settings, size_t count, nsk_socket *s,
                                 nsk_error *error);
nsk_outcome nski_settings_after(const nsk_setting *settings, size_t count, nsk_socket *s,
                                nsk_error *error);

/* connect_socket.c: whether a socket that has been connected to `asked` is connected to
 * itself. */
bool nski_reached_itself(int fd, int type, const nsk_addr *asked);
/* Takes a connection back; the socket can be connected again. */
void nski_disconnect(int fd);

#endif
