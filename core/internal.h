/* What the chapters of the core share and nobody outside sees. */
#ifndef NSK_INTERNAL_H
#define NSK_INTERNAL_H

#include "netsocket.h"
#include "sys.h"

/* What a system may lack, so that the chapters need not ask. constant.c does not come
   here: it exports only what there is. */
#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0 /* SO_NOSIGPIPE is set on the socket instead */
#endif
#ifndef MSG_CMSG_CLOEXEC
#define MSG_CMSG_CLOEXEC 0 /* each descriptor is marked after it came instead */
#endif
#ifndef MSG_ERRQUEUE
#define MSG_ERRQUEUE 0
#endif
#ifndef SOCK_CLOEXEC
#define SOCK_CLOEXEC 0
#endif
#ifndef SOCK_NONBLOCK
#define SOCK_NONBLOCK 0
#endif

/* error.c: each fills the error and returns NSK_FAILED. `code` is an errno that the
   caller took on the line after the system call. */
nsk_outcome nsk_fail(nsk_error *error, const char *op, int code);
nsk_outcome nsk_fail_about(nsk_error *error, const char *op, int code,
                           const char *subject, size_t length);
nsk_outcome nsk_fail_resolver(nsk_error *error, int code, int system, const char *subject,
                              size_t length);
nsk_outcome nsk_fail_memory(nsk_error *error, const char *op);
void nsk_error_say(nsk_error *error, const char *text);
/* A failure that was filled, as the end of a deadline: what, "within 0.2 s". NSK_TIMEOUT.
 */
nsk_outcome nsk_error_late(nsk_error *error, const char *what,
                           const nsk_deadline *deadline);

/* NSK_AGAIN, NSK_INTERRUPTED or a filled failure, by what errno says. */
nsk_outcome nsk_not_done(nsk_error *error, const char *op, int code);

/* True for the errors that say that this process or system has run out, so that
   trying another address cannot help. */
bool nsk_exhausted(int code);
/* That is so for want of a descriptor. */
bool nsk_scarce(int code);

/* True when value fits an int; else fills the error. */
bool nsk_int_fits(int64_t value, const char *op, const char *parameter, nsk_error *error);

/* address_text.c: as nsk_fail_about, whose subject is an address. */
nsk_outcome nsk_fail_at(nsk_error *error, const char *op, int code, const nsk_addr *addr);

/* address.c */
const struct sockaddr *nsk_addr_sockaddr(const nsk_addr *addr);
struct sockaddr *nsk_addr_space(nsk_addr *addr, socklen_t *length);
void nsk_addr_filled(nsk_addr *addr, socklen_t length);
/* The same for a socket of this family: where the system tells nothing of a socket that
   is not bound, it is the address without a name. */
void nsk_addr_of(nsk_addr *addr, socklen_t length, int family);
bool nsk_addr_unix_name(const nsk_addr *addr, const char **name, size_t *length);
bool nsk_parse_inet(nsk_addr *addr, const char *host, int port);
bool nsk_parse_inet6(nsk_addr *addr, const char *host, int port, bool *unknown_zone);
void nsk_addr_any(nsk_addr *addr, int family, bool passive, int port);

/* endpoint.c: host and port as text. */
typedef enum { NSK_PORT_NUMBER, NSK_PORT_NAME, NSK_PORT_BAD } nsk_port_kind;
nsk_port_kind nsk_endpoint_port(const nsk_endpoint *at, int *port);
nsk_outcome nsk_fail_port(nsk_error *error, const nsk_endpoint *at);
/* Copies the host, NUL-terminated, into NSK_HOST_MAX bytes after checking it. */
nsk_outcome nsk_endpoint_host(const nsk_endpoint *at, const char *op, char *host,
                              nsk_error *error);

/* resolve.c: getaddrinfo(3) on checked, terminated texts; host or service NULL. */
nsk_outcome nsk_lookup(const nsk_query *query, const char *host, const char *service,
                       nsk_list *list, nsk_error *error);
/* Checks the query and answers it when that needs no resolver: *answered. The texts
   are copied, *have_x says whether they are given. */
nsk_outcome nsk_query_check(const nsk_query *query, nsk_texts *texts, bool *answered,
                            nsk_list *list, nsk_error *error);
/* The family of a host in digits, AF_UNSPEC of a name or without a host. */
int nsk_digits_family(const nsk_texts *texts);

/* worker.c: the resolver on detached threads. A query of any family is asked once for
   IPv6 and once for IPv4, at the same time. */
nsk_outcome nsk_worker_start(nsk_worker **worker, const nsk_query *query,
                             const nsk_texts *texts, nsk_error *error);
/* Readable when there may be an answer to take. */
int nsk_worker_fd(const nsk_worker *worker);
/* One family's answer, which is told; NSK_AGAIN when there is none now. NSK_DONE hands
   the list over. */
nsk_outcome nsk_worker_take(nsk_worker *worker, int *family, nsk_list *list,
                            nsk_error *error);
/* An answer for this family, or for any with AF_UNSPEC, has not been taken yet. */
bool nsk_worker_owes(const nsk_worker *worker, int family);
void nsk_worker_drop(nsk_worker *worker);
/* It was started before a fork, and nobody will answer here. */
bool nsk_worker_is_parents(const nsk_worker *worker);

/* candidates.c: what there is to connect to, in its order. */
const nsk_addrinfo *nsk_candidate(const nsk_connect *op, size_t i);
size_t nsk_candidates(const nsk_connect *op);
void nsk_candidates_order(nsk_connect *op);
/* Asks the resolver on a worker, about op->host and op->service; what it answers is taken
   while the operation goes on, until all has come and op->worker is NULL. Then, without a
   candidate, op->last says why. NSK_FAILED: no memory. */
nsk_outcome nsk_candidates_ask(nsk_connect *op, nsk_error *error);
nsk_outcome nsk_candidates_take(nsk_connect *op, nsk_error *error);
void nsk_candidates_forget(nsk_connect *op);
/* There are candidates, and none that are worth waiting for before the first is started;
   or no answer is due any more. */
bool nsk_candidates_suffice(const nsk_connect *op);

/* attempt.c: candidates on their way. A code is 0 (connected), EINPROGRESS, or the
   errno of *syscall. */
int nsk_attempt_start(nsk_connect *op, const char **syscall);
int nsk_attempt_begin(const nsk_connect *op, const nsk_attempt *attempt);
int nsk_attempt_progress(const nsk_connect *op, const nsk_attempt *attempt);
/* Whether attempt i is connected to itself: it is begun again then, twice, and refused.
 */
bool nsk_attempt_reached_itself(const nsk_connect *op, size_t i);
int nsk_attempt_repeat(nsk_connect *op, size_t i, const char **syscall);
/* Records how attempt i ended and closes it. */
void nsk_attempt_end(nsk_connect *op, size_t i, const char *syscall, int code);
void nsk_attempt_record(nsk_connect *op, size_t candidate, int64_t started,
                        const char *syscall, int code);
void nsk_attempt_close_all(nsk_connect *op);
/* What to wait for: all attempts, and the resolver. */
void nsk_attempt_watch(nsk_connect *op, nsk_interest *interest);

/* event.c; the rest is public. */
int nski_event_open(nsk_event *event);  /* 0 or errno */
bool nsk_event_clear(nsk_event *event); /* false: it may be readable still */

/* clock.c: what is left until then, at most what any time_t holds: a wait of so long may
   end early. */
struct timespec nsk_time_left(int64_t until);

/* wait.c */
bool nsk_hung_up(int fd); /* the peer has ended its side */
short nski_events_of(nsk_need need);
/* A descriptor of the set's is about to be closed. */
void nski_pollset_forget(const nsk_pollset *set, int fd);
int nski_poll_now(struct pollfd *polls, size_t count); /* poll(2) that only looks */
/* descriptor.c: descriptors with their flags. Each returns an fd or -1 and leaves
   errno; a step that fails closes what the call opened. */
int nsk_open_fd(int family, int type, int protocol, bool nonblock);
int nsk_open_pair(int type, int protocol, bool nonblock, int fds[2]);
int nsk_accept_fd(int fd, struct sockaddr *addr, socklen_t *length);
int nsk_dup_fd(int fd);
void nsk_close_fd(int fd); /* for cleaning up: errno stays */

#ifndef NSK_HAVE_EVENTFD
int nsk_open_pipe(int fds[2]);
#endif

/* clock.c: a number of seconds that is 0 or more, from now. */
nsk_deadline nski_deadline(double seconds);

/* timeout.c: the mode of the descriptor has been set; false: no memory. */
void nski_set_mode(nsk_socket *s, bool blocks);
bool nski_set_timeout(nsk_socket *s, double seconds);

/* A call that knows no MSG_DONTWAIT must not block, though the description would let it,
   whose mode may have been changed by way of a duplicate. */
bool nski_must_not_block(const nsk_socket *s);

/* pending.c: what a socket carries beside its descriptor. Only who holds the adapter's
   lock looks at it. */
typedef struct nski_path nski_path;
struct nsk_side {
  nsk_buffer *pending; /* what the next receive gets first */
  nski_path *path;     /* goes with the socket */
  double timeout;      /* of plain calls, in seconds; 0: they never wait */
  unsigned receiving;  /* the fork generation of an operation that holds bytes; 0: none */
};
nsk_side *nski_side_of(nsk_socket *s); /* made when there is none; NULL: no memory */
void nski_side_trim(nsk_socket *s);    /* after a change: one that says nothing goes */
bool nski_is_receiving(const nsk_side *side); /* in this process */
void nski_side_drop(nsk_socket *s, bool remove_path);

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

/* An error that ends a connection is told again after what was received, once; any other
   is not noted. */
void nski_note_error(nsk_socket *s, int code);

/* peer.c: has the error of a failed call on a connected socket name the peer, unless it
   is about something else. Returns the outcome. */
nsk_outcome nski_about_peer(const nsk_socket *s, nsk_outcome outcome, nsk_error *error);

/* io.c: one recv(2), past what is pending. */
nsk_outcome nski_receive_now(nsk_socket *s, void *buf, size_t cap, int flags, size_t *n,
                             nsk_error *error);
/* NSK_AGAIN, NSK_INTERRUPTED or a filled failure of a send. */
nsk_outcome nski_not_sent(nsk_socket *s, const char *op, int code, nsk_error *error);

/* sendfile.c: one round that does not block, of 0 bytes at the end of the file.
   NSK_AGAIN, NSK_INTERRUPTED, or a filled failure. */
nsk_outcome nski_send_file_now(nsk_socket *s, int file, size_t bytes, int64_t offset,
                               size_t *moved, nsk_error *error);

/* path_removal.c: has a fresh socket's close remove the path, and does so. */
nsk_outcome nski_path_remember(nsk_socket *s, const char *path, nsk_error *error);
void nski_path_remove(const nski_path *path);

/* unix_path.c: bind(2) with the mode and the removal that `how` asks for. */
nsk_outcome nsk_bind_path(nsk_socket *s, const nsk_addr *addr, const nsk_bind_how *how,
                          nsk_error *error);

/* io.c: after a receive of 0 bytes, whether that is the end of the stream. */
bool nsk_received_end(const nsk_socket *s);

/* control.c */
bool nsk_control_reserve(nsk_control *control, size_t capacity);
size_t nsk_control_clear(
    nsk_control *control); /* closes received descriptors: how many */
void nsk_close_received(const unsigned char *fds, size_t bytes);
/* Takes `length` bytes that the kernel wrote into buffer. */
void nsk_control_received(nsk_control *control, size_t length);
/* What `to` held goes, what was just received takes its place; there is room for it. */
void nsk_control_move(nsk_control *to, nsk_control *received);
/* How many descriptors SCM_RIGHTS has; the first of them, the caller's from now on. */
size_t nsk_control_fds(const nsk_control *control);
int nsk_control_take_fd(nsk_control *control); /* -1: none */

/* iovec.c: the bytes offset .. offset + n as pieces for one call, which takes no more of
   them than NSK_PIECES_MAX (IOV_MAX). The rest is a stream's short count; a packet cannot
   be divided: EMSGSIZE. */
enum { NSK_PIECES_MAX = 1024 };
typedef struct {
  struct iovec v[NSK_PIECES_MAX]; /* none is empty */
  size_t count;
  size_t bytes;
  bool cut; /* there were more pieces */
} nsk_slice;
void nsk_slice_of(nsk_slice *slice, const nsk_iovec *iov, size_t offset, size_t n);
bool nsk_slice_fits(const nsk_slice *slice, int fd, int type, const char *op,
                    nsk_error *error);

/* message.c: one recvmsg(2) that fills an empty control; wire->msg_flags is its word. */
nsk_outcome nsk_receive(nsk_socket *s, struct msghdr *wire, nsk_control *control,
                        int flags, size_t *n, nsk_error *error);

/* sigpipe.c: hold before, release after a call that may raise SIGPIPE. */
typedef struct {
  sigset_t before;
  bool pending;
} nsk_sigpipe;
void nsk_sigpipe_hold(nsk_sigpipe *guard);
void nsk_sigpipe_release(nsk_sigpipe *guard, bool raised);

/* multicast.c: an interface by name; ENODEV, or EINVAL about the argument `subject`. */
nsk_outcome nsk_interface_index(const char *name, size_t length, const char *op,
                                const char *subject, uint32_t *index, nsk_error *error);

/* option_interface.c: the kinds IFNAME, STRING, NAME and CRED. */
nsk_outcome nsk_interface_get(const nsk_socket *s, const nsk_option *option,
                              nsk_value *value, nsk_error *error);
nsk_outcome nsk_interface_set(const nsk_socket *s, const nsk_option *option,
                              const nsk_value *value, nsk_error *error);
nsk_outcome nsk_text_get(const nsk_socket *s, const nsk_option *option, nsk_value *value,
                         nsk_error *error);
nsk_outcome nsk_text_set(const nsk_socket *s, const nsk_option *option,
                         const nsk_value *value, nsk_error *error);
nsk_outcome nsk_name_set(const nsk_socket *s, const nsk_option *option,
                         const nsk_value *value, nsk_error *error);
nsk_outcome nsk_credentials_get(const nsk_socket *s, const nsk_option *option,
                                nsk_value *value, nsk_error *error);

/* connect_socket.c: whether an address is of the socket's family; else fills the error.
 */
bool nsk_same_family(const nsk_socket *s, const nsk_addr *addr, const char *op,
                     nsk_error *error);
/* Whether a socket that has been connected to `asked` is connected to itself. */
bool nsk_reached_itself(int fd, int type, const nsk_addr *asked);
/* Takes a connection back; the socket can be connected again. */
void nsk_disconnect(int fd);

/* socket.c: 0..INT_MAX, else the error is filled. */
bool nsk_valid_fd(int64_t fd, const char *op, nsk_error *error);

/* socket.c */
void nsk_socket_set(nsk_socket *s, int fd, int family, int type, int protocol,
                    bool nonblock);

#endif
