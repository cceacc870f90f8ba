/* Scatter and gather, ancillary data, messages, files. */
#ifndef NETSOCKET_MESSAGE_H
#define NETSOCKET_MESSAGE_H

#include "pending.h"

/* -------------------------------------------------------- scatter and gather -- */

/* One element of an iovec, laid out as struct iovec. */
typedef struct {
  unsigned char *base;
  size_t length;
} nsk_piece;

/* Buffers in a row that a call fills or sends as one. It owns their memory.
   Elements count from 0 here. */
typedef struct {
  nsk_piece *pieces;
  void **memory; /* what to free: a piece may begin inside it */
  size_t count;
  size_t capacity;
  size_t bytes; /* the sum of the lengths */
} nsk_iovec;

void nsk_iovec_init(nsk_iovec *iov);
void nsk_iovec_free(nsk_iovec *iov);

/* Appends a copy of bytes, or with bytes NULL `length` zero bytes. NSK_MEMORY. */
nsk_outcome nsk_iovec_add(nsk_iovec *iov, const void *bytes, size_t length,
                          nsk_error *error);

/* Replaces element i by a copy of bytes; EINVAL (argument): there is none. */
nsk_outcome nsk_iovec_set(nsk_iovec *iov, size_t i, const void *bytes, size_t length,
                          nsk_error *error);

/* Removes element i. */
nsk_outcome nsk_iovec_del(nsk_iovec *iov, size_t i, nsk_error *error);

/* Forgets the first n bytes, fewer where there are fewer. Copies nothing. */
void nsk_iovec_consume(nsk_iovec *iov, size_t n);

/* Copies at most n bytes from offset on and returns how many. */
size_t nsk_iovec_copy(const nsk_iovec *iov, size_t offset, size_t n, void *out);

/* Receives into, sends from the bytes offset .. offset+n of iov, in one system call;
   *moved is the count. EMSGSIZE: over 1,024 pieces for a packet, which cannot be divided.
   Other outcomes as of nsk_socket_recv and nsk_socket_send. */
nsk_outcome nsk_socket_readv(nsk_socket *s, nsk_iovec *iov, size_t offset, size_t n,
                             int flags, size_t *moved, nsk_error *error);
nsk_outcome nsk_socket_writev(nsk_socket *s, const nsk_iovec *iov, size_t offset,
                              size_t n, int flags, size_t *moved, nsk_error *error);

/* The same on any descriptor: readv(2), writev(2). The latter never raises SIGPIPE. */
nsk_outcome nsk_fd_readv(int64_t fd, nsk_iovec *iov, size_t offset, size_t n,
                         size_t *moved, nsk_error *error);
nsk_outcome nsk_fd_writev(int64_t fd, const nsk_iovec *iov, size_t offset, size_t n,
                          size_t *moved, nsk_error *error);

/* ------------------------------------------------------------ ancillary data -- */

enum { NSK_RIGHTS_MAX = 253 };    /* descriptors in one message: SCM_MAX_FD */
enum { NSK_CONTROL_ROOM = 2048 }; /* for what a receive brings */

/* One control message. Descriptors that came from the kernel belong to it until
   they are taken. */
typedef struct {
  int level;
  int type;
  bool owned; /* holds received descriptors */
  bool taken; /* they have been handed over */
  size_t length;
  unsigned char *data;
} nsk_cmsg;

/* Copies data. NSK_ARGUMENT: level or type outside int, or too long. NSK_MEMORY. */
nsk_outcome nsk_cmsg_make(nsk_cmsg *cmsg, int64_t level, int64_t type, const void *data,
                          size_t length, nsk_error *error);

/* SCM_RIGHTS for descriptors that stay the caller's: 1..253 of them, else
   NSK_ARGUMENT. */
nsk_outcome nsk_cmsg_make_rights(nsk_cmsg *cmsg, const int64_t *fds, size_t count,
                                 nsk_error *error);
bool nsk_cmsg_has_fds(const nsk_cmsg *cmsg); /* its data are descriptors */
size_t nsk_cmsg_fds(const nsk_cmsg *cmsg);   /* how many */
int nsk_cmsg_fd(const nsk_cmsg *cmsg, size_t i);

/* Hands the received descriptors over: they are the caller's from now on. */
void nsk_cmsg_take(nsk_cmsg *cmsg);

/* Frees the data and closes descriptors that were not taken. */
void nsk_cmsg_free(nsk_cmsg *cmsg);

typedef enum {
  NSK_CMSG_BYTES,       /* not known here: data is all there is */
  NSK_CMSG_RIGHTS,      /* descriptors: SCM_RIGHTS, SCM_PIDFD */
  NSK_CMSG_INTEGER,     /* IP_TTL, IPV6_TCLASS, SO_RXQ_OVFL, UDP_GRO and their like */
  NSK_CMSG_TIME,        /* SCM_TIMESTAMP, SCM_TIMESTAMPNS */
  NSK_CMSG_CREDENTIALS, /* SCM_CREDENTIALS */
  NSK_CMSG_PKTINFO,     /* IP_PKTINFO, IPV6_PKTINFO */
  NSK_CMSG_ADDRESS,     /* IP_ORIGDSTADDR, IPV6_ORIGDSTADDR */
  NSK_CMSG_QUEUED       /* IP_RECVERR, IPV6_RECVERR: of the error queue */
} nsk_cmsg_kind;

typedef struct {
  int64_t integer;
  int64_t seconds, nanoseconds;
  uint32_t pid, uid, gid;
  uint32_t ifindex;
  nsk_addr addr;  /* pktinfo: the destination; when sending, the source to use; address:
                     that; queued: who has sent the ICMP message */
  nsk_addr local; /* pktinfo of IPv4: the local address (ipi_spec_dst) */
  uint32_t code_of_error, info,
      data;           /* queued: errno, 0 for none, and what belongs to it */
  uint8_t type, code; /* queued: of the ICMP message */
  const char *origin; /* queued: who found out, NULL: not known here */
  const char *event;  /* queued: what a time is about, or NULL */
} nsk_cmsg_value;

/* What a level and type mean when they come, and by what value they are made: those are
   the same, but for SCM_TIMESTAMPING, which brings times and takes flags. */
nsk_cmsg_kind nsk_cmsg_kind_of(int level, int type);
nsk_cmsg_kind nsk_cmsg_made_of(int level, int type);

/* Decodes the data by its kind; NSK_CMSG_BYTES when it is shorter than its kind. */
nsk_cmsg_kind nsk_cmsg_decode(const nsk_cmsg *cmsg, nsk_cmsg_value *value);

/* Makes a control message from a value: integer, credentials or pktinfo. NSK_ARGUMENT
   for a kind that has no value to send. */
nsk_outcome nsk_cmsg_encode(nsk_cmsg *cmsg, int64_t level, int64_t type,
                            const nsk_cmsg_value *value, nsk_error *error);

/* Control messages in a queue, kept as the kernel wants them. */
typedef struct {
  unsigned char *buffer;
  size_t capacity;
  size_t start, end;
  size_t received_end; /* what lies before it came from the kernel */
  size_t count;
  size_t shifted; /* how many were before the first one, since it was made */
} nsk_control;

void nsk_control_init(nsk_control *control);
void nsk_control_free(nsk_control *control); /* closes what was received and not taken */
nsk_outcome nsk_control_push(nsk_control *control, const nsk_cmsg *cmsg,
                             nsk_error *error);

/* Moves the first one, with its descriptors, to *cmsg. NSK_END: there is none. */
nsk_outcome nsk_control_shift(nsk_control *control, nsk_cmsg *cmsg, nsk_error *error);

/* Removes the first one, whose descriptors are another's. */
void nsk_control_drop(nsk_control *control);

/* ------------------------------------------------------------------ messages -- */

/* What sendmsg(2) and recvmsg(2) take. iov and control are borrowed. */
typedef struct {
  nsk_addr name; /* length 0: none */
  nsk_iovec *iov;
  nsk_control *control;
  int flags;         /* of the last receive: MSG_TRUNC, MSG_CTRUNC, ... */
  bool control_sent; /* a short send has taken the control part with it */
  bool limited;      /* `room` is the most control data that a receive may bring */
  uint16_t room;
} nsk_message;

/* Sends name, iov and control as one message. After a short send the control part is
   left out until the adapter clears control_sent. EINVAL (argument): control data
   with an empty payload on a stream, or over 253 descriptors; EOPNOTSUPP: descriptors
   on a socket that is not unix; ETOOMANYREFS, ENOBUFS, and what send(2) says. */
nsk_outcome nsk_socket_sendmsg(nsk_socket *s, nsk_message *message, int flags, size_t *n,
                               nsk_error *error);

/* How many bytes of control data a receive may bring: 2,048, which no message with
   descriptors is too large for, or less. NSK_ARGUMENT: out of 0..2048. */
size_t nsk_message_room(const nsk_message *message);
nsk_outcome nsk_message_limit(nsk_message *message, int64_t room, nsk_error *error);

/* Receives into iov, refills control and sets name and flags. Without control,
   received descriptors are closed and MSG_CTRUNC is set. All received descriptors
   are close-on-exec. */
nsk_outcome nsk_socket_recvmsg(nsk_socket *s, nsk_message *message, int flags, size_t *n,
                               nsk_error *error);

/* What the error queue has about one message that was sent. */
typedef struct {
  const nsk_addr *to; /* where it went; length 0: not told */
  const unsigned char *bytes;
  size_t length;
  nsk_cmsg_value error; /* what happened: the members of NSK_CMSG_QUEUED */
  bool has_time, has_device_time;
  int64_t time_ns, device_time_ns; /* since 1970, and by the clock of the device */
} nsk_queued;

/* Takes the next entry of the error queue, never waiting; it lies in *buffer, which is
   the caller's to free, or to give back where no result could be made. NSK_AGAIN: there
   is none. EOPNOTSUPP: not a family that has one (IPv4, IPv6, packet); EBADF, NSK_MEMORY.
   Source: ip(7), packet(7). */
nsk_outcome nsk_socket_errqueue(nsk_socket *s, nsk_buffer **buffer, nsk_queued *queued,
                                nsk_error *error);
void nsk_socket_errqueue_back(nsk_socket *s, nsk_buffer *buffer);

/* Passes one descriptor with one byte; the caller keeps its own. to may be NULL.
   EOPNOTSUPP: not a unix socket; EBADF, ETOOMANYREFS. Source: unix(7). */
nsk_outcome nsk_socket_sendfd(nsk_socket *s, int64_t fd, const nsk_addr *to, int flags,
                              nsk_error *error);

/* Takes a message with exactly one descriptor, close-on-exec, the caller's. EINVAL
   (argument): MSG_PEEK, which would give a descriptor with each look. With more all are
   closed: EMSGSIZE; cut short by the kernel: EMFILE or EMSGSIZE; without one:
   ENOMSG, and error->byte is the byte that came. */
nsk_outcome nsk_socket_recvfd(nsk_socket *s, int flags, int *fd, nsk_error *error);

/* Passes `count` descriptors, 0 or more, with a message, of which *n bytes were taken:
   the descriptors have gone with the first. EINVAL (argument): more than 253, or a stream
   and no byte; others as of sendfd. */
nsk_outcome nsk_socket_sendfds(nsk_socket *s, const int64_t *fds, size_t count,
                               const void *bytes, size_t length, const nsk_addr *to,
                               int flags, size_t *n, nsk_error *error);

/* A message with its descriptors, which has room for `size` bytes. Ended without being
   delivered it closes them, and gives its bytes back to the socket (NULL: they go). */
typedef struct {
  nsk_buffer *buffer;
  size_t size, length;
  size_t count;
  int fds[NSK_RIGHTS_MAX];
} nsk_parcel;
nsk_parcel *nsk_parcel_new(size_t size); /* NULL: no memory */
const void *nsk_parcel_bytes(const nsk_parcel *parcel);
void nsk_parcel_end(nsk_socket *s, nsk_parcel *parcel, bool delivered);

/* Takes a message with all its descriptors, of which there may be none; they are
   close-on-exec. EINVAL (argument): MSG_PEEK; cut short by the kernel: EMFILE or
   EMSGSIZE, all are closed and the parcel has the bytes. */
nsk_outcome nsk_socket_recvfds(nsk_socket *s, nsk_parcel *parcel, int flags,
                               nsk_error *error);

/* ------------------------------------------------------------------ sendfile -- */

/* Sends `bytes` bytes of a file from offset on, without touching its position; reads
   and sends where the system refuses the source. *n is what has gone out, 0 at first,
   also when an error or a full socket ended it; 0 with NSK_DONE is the end of the file.
   NSK_INTERRUPTED: the call goes on where it is made again with that count, after a look
   at signals. Never raises SIGPIPE. EINVAL (argument): bytes or offset negative. Source:
   sendfile(2). */
nsk_outcome nsk_socket_sendfile(nsk_socket *s, int64_t file, int64_t bytes,
                                int64_t offset, int64_t *n, nsk_error *error);

/* Has a FILE of stdio write what it still holds. Source: fflush(3). */
nsk_outcome nsk_file_flush(void *file, nsk_error *error);

#endif
