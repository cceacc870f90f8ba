/*
 * netsocket: the socket API, once, in C.
 *
 * The core knows sockets and no interpreter. Every function answers with an
 * nsk_outcome and, when that is NSK_FAILED, has filled the nsk_error it was
 * given on the line after the system call. Nothing here ever waits, except
 * nsk_wait, nsk_resolve, nsk_connect_resolve, nsk_bind (which resolves) and the
 * plain calls of a socket that was made blocking.
 *
 * Integers that a user typed arrive as int64_t and times as double seconds; the
 * core checks their range. Deadlines inside are absolute, in monotonic
 * nanoseconds. A text is a pointer and a length: NUL is an ordinary byte in it.
 *
 * After a failure every object is as it was before the call.
 */
#ifndef NETSOCKET_H
#define NETSOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NSK_VERSION "0.1.0"

/* ------------------------------------------------------------- outcomes -- */

typedef enum {
  NSK_DONE,        /* the call succeeded */
  NSK_AGAIN,       /* it would block: try again when the fd is ready */
  NSK_END,         /* the peer has ended its stream */
  NSK_TIMEOUT,     /* the deadline has passed; the error says of what */
  NSK_INTERRUPTED, /* a signal arrived first (EINTR): look at it, call again */
  NSK_FAILED       /* see the error */
} nsk_outcome;

/* --------------------------------------------------------------- errors -- */

typedef enum {
  NSK_ERRNO,    /* code is an errno value: the system's answer */
  NSK_RESOLVER, /* code is an EAI_ value of getaddrinfo(3) */
  NSK_ARGUMENT, /* code is EINVAL: a value that the caller must mend */
  NSK_MEMORY    /* code is ENOMEM: this process could not allocate */
} nsk_domain;

enum { NSK_TEXT_MAX = 80, NSK_SUBJECT_MAX = 272, NSK_LINE_MAX = 1400 };

typedef struct {
  nsk_domain domain;
  int code;
  int system;     /* the errno behind EAI_SYSTEM, else 0 */
  const char *op; /* the system call or operation; a static string */
  int16_t byte;   /* recvfd: the byte that came without a descriptor, else -1 */
  uint16_t subject_length;
  char text[NSK_TEXT_MAX];       /* our own words, "" for the system's */
  char subject[NSK_SUBJECT_MAX]; /* address, host, path or option; any bytes */
} nsk_error;

/* A row of the table of errno or resolver codes. */
typedef struct {
  const char *name;
  int code;
} nsk_code;

/* Both end with a row whose name is NULL. Aliases (EWOULDBLOCK) are rows too,
   after the name that errors use. */
extern const nsk_code nsk_errno_codes[];
extern const nsk_code nsk_resolver_codes[];

/* "ECONNREFUSED", "EAI_NONAME"; NULL for a code that this system has not named. */
const char *nsk_code_name(nsk_domain domain, int code);

/* The system's words for a code ("Connection refused"); "errno N" for an unknown
   one. Writes at most cap bytes, NUL-terminated, and returns buf. Source:
   strerror_r(3), gai_strerror(3). */
const char *nsk_code_message(nsk_domain domain, int code, char *buf, size_t cap);

/* The words of one error: its text, or the system's. */
const char *nsk_error_message(const nsk_error *error, char *buf, size_t cap);

/* One line that a person can act on, with control bytes as \xNN:
   "connect 127.0.0.1:1: ECONNREFUSED (111) Connection refused".
   Returns the length; NSK_LINE_MAX bytes always suffice. */
size_t nsk_error_line(const nsk_error *error, char *buf, size_t cap);

/* Fills an error about an argument and returns NSK_FAILED: "recv bufsize: EINVAL
   (22) must be at least 1". op and text are static strings. */
nsk_outcome nsk_error_argument(nsk_error *error, const char *op, const char *subject,
                               const char *text);

/* ---------------------------------------------------------------- clock -- */

#define NSK_NEVER INT64_MAX

/* The monotonic clock, in nanoseconds. Source: clock_gettime(2). */
int64_t nsk_now(void);

/* Turns seconds from now into a deadline, rounded up; infinity and what lies
   beyond 292 years become NSK_NEVER. Fails with NSK_ARGUMENT on NaN and on a
   negative number, naming op and the parameter. */
nsk_outcome nsk_deadline(double seconds, const char *op, const char *parameter,
                         int64_t *until, nsk_error *error);

/* ----------------------------------------------------------------- wait -- */

typedef enum {
  NSK_READ,
  NSK_WRITE,
  NSK_RESOLVE,     /* no descriptor: call nsk_connect_resolve without locks held */
  NSK_READ_URGENT, /* readable, or out-of-band data (POLLPRI) */
  NSK_WRITE_URGENT
} nsk_need;

typedef struct {
  int fd;
  nsk_need need;
  int64_t until; /* NSK_NEVER: for ever */
} nsk_want;

/* Waits once until fd is ready: NSK_DONE, NSK_TIMEOUT, NSK_INTERRUPTED, or
   NSK_FAILED with EBADF (fd not open) or ENOMEM. An error or hang-up on the fd
   counts as ready: the operation itself then reports it. A deadline in the past
   asks without waiting. No limit on the fd's number. Source: poll(2), ppoll(2). */
nsk_outcome nsk_wait(int fd, nsk_need need, int64_t until, nsk_error *error);

/* ------------------------------------------------------------ addresses -- */

/* A socket address in the kernel's own form. length 0 means none. */
typedef struct {
  uint32_t length;
  _Alignas(8) unsigned char bytes[128];
} nsk_addr;

/* An address with what is needed to make a socket for it. */
typedef struct {
  nsk_addr addr;
  int socktype; /* 0: any */
  int protocol; /* 0: the type's default */
} nsk_addrinfo;

enum { NSK_ADDR_TEXT_MAX = 192, NSK_HOST_MAX = 256 };

/* A host and a port as the user wrote them. host NULL is absent. The port is the
   text `service` or, where that is NULL, the number `port`. */
typedef struct {
  const char *host;
  size_t host_length;
  const char *service;
  size_t service_length;
  int64_t port;
  bool port_absent; /* the number is 0 because nothing was given */
} nsk_endpoint;

/* Parses a strictly numeric IPv4 or IPv6 address (inet_pton(3); IPv6 with an
   optional %zone) and an integer port. An absent host is the wildcard when
   passive, else loopback. EAFNOSUPPORT: other text; EAI_SERVICE: the port;
   EAI_NONAME: an unknown zone. Never resolves. */
nsk_outcome nsk_addr_inet(nsk_addr *addr, const nsk_endpoint *at, bool passive,
                          nsk_error *error);
nsk_outcome nsk_addr_inet6(nsk_addr *addr, const nsk_endpoint *at, bool passive,
                           nsk_error *error);

/* A unix path, or with a leading NUL a Linux abstract name of exactly `length`
   bytes. EINVAL (argument): empty, or a NUL elsewhere; ENAMETOOLONG: over 107
   bytes after the NUL or without one. Source: unix(7). */
nsk_outcome nsk_addr_unix(nsk_addr *addr, const char *path, size_t length,
                          nsk_error *error);

int nsk_addr_family(const nsk_addr *addr);

/* The port; -1 where the family has none. */
int nsk_addr_port(const nsk_addr *addr);

/* What addr() shows: the numeric host with its zone, or the bytes of a unix path
   or abstract name (leading NUL included; *abstract says which). Returns false
   for an unnamed unix address. buf holds NSK_ADDR_TEXT_MAX bytes. */
bool nsk_addr_host(const nsk_addr *addr, char *buf, size_t *length, bool *abstract);

/* "127.0.0.1:80", "[::1]:80", "/path", "@abstract", "" when unnamed. Returns the
   length, at most NSK_ADDR_TEXT_MAX. */
size_t nsk_addr_text(const nsk_addr *addr, char *buf);

/* Same family, host, port and scope. */
bool nsk_addr_equal(const nsk_addr *a, const nsk_addr *b);

/* Equal addresses have equal hashes. */
uint64_t nsk_addr_hash(const nsk_addr *addr);

/* getnameinfo(3): host and service names of NSK_HOST_MAX bytes each. Blocks on
   the resolver unless flags hold NI_NUMERICHOST. */
nsk_outcome nsk_addr_names(const nsk_addr *addr, int flags, char *host, char *service,
                           nsk_error *error);

/* ------------------------------------------------------------- resolver -- */

/* What getaddrinfo(3) is asked. family NSK_ANY_FAMILY: IPv4 and IPv6. */
typedef struct {
  nsk_endpoint at;
  int family;
  int socktype;
  int protocol;
  int flags; /* AI_ flags */
} nsk_query;

extern const int nsk_any_family; /* AF_UNSPEC */
extern const int nsk_inet;       /* AF_INET */
extern const int nsk_inet6;      /* AF_INET6 */
extern const int nsk_unix;       /* AF_UNIX */
extern const int nsk_stream;     /* SOCK_STREAM */
extern const int nsk_dgram;      /* SOCK_DGRAM */
extern const int nsk_seqpacket;  /* SOCK_SEQPACKET */
extern const int nsk_tcp;        /* IPPROTO_TCP */
extern const int nsk_udp;        /* IPPROTO_UDP */
extern const int nsk_passive;    /* AI_PASSIVE */
extern const int nsk_canonical;  /* AI_CANONNAME */
extern const int nsk_shut_both;  /* SHUT_RDWR */
extern const int nsk_backlog;    /* SOMAXCONN */

/* The resolver's answer, our own copy. */
typedef struct {
  nsk_addrinfo *items; /* in the order of the resolver */
  size_t count;
  char *canonical; /* of the whole answer, or NULL */
} nsk_list;

/* True when the query needs no resolver: a numeric or absent host and a numeric
   port. */
bool nsk_query_numeric(const nsk_query *query);

/* Checks the query and resolves it in place; blocks unless numeric. An absent
   host is the wildcard with AI_PASSIVE, else loopback. Failures: NSK_ARGUMENT
   (empty host, NUL in it), NSK_RESOLVER (EAI_NONAME: unknown, over 255 bytes, or
   both absent; EAI_SERVICE: the port), NSK_MEMORY. The caller frees the list. */
nsk_outcome nsk_resolve(const nsk_query *query, nsk_list *list, nsk_error *error);
void nsk_list_free(nsk_list *list);

/* -------------------------------------------------------------- sockets -- */

/* What a socket carries beside its descriptor; see keep.h. */
typedef struct nsk_block nsk_block;

/* A socket. Plain data: the owner zeroes it with nsk_socket_init and calls
   nsk_socket_close when it goes. Not for two threads at once. */
typedef struct {
  int fd;           /* -1: closed */
  int16_t io_flags; /* MSG_DONTWAIT while non-blocking, else 0 */
  uint16_t family;
  uint16_t protocol;
  uint8_t type;
  uint8_t connecting; /* a connect(2) of this object is under way */
  nsk_block *rest;    /* bytes kept for the next receive */
} nsk_socket;

void nsk_socket_init(nsk_socket *s);

static inline bool nsk_socket_blocking(const nsk_socket *s) {
  return s->io_flags == 0;
}

/* Opens a socket, close-on-exec and, with nonblock, non-blocking, atomically
   where the system can. EAFNOSUPPORT, EPROTONOSUPPORT, EMFILE, ENFILE, ENOBUFS,
   ENOMEM, EACCES. Source: socket(2). */
nsk_outcome nsk_socket_open(nsk_socket *out, int64_t family, int64_t type,
                            int64_t protocol, bool nonblock, nsk_error *error);

/* SO_REUSEADDR and SO_REUSEPORT, before anything is bound. The error names the
   option; the socket stays open. Source: socket(7). */
nsk_outcome nsk_socket_reuse(nsk_socket *s, bool reuseaddr, bool reuseport,
                             nsk_error *error);

/* Adopts a socket descriptor: asks the kernel for family, type and protocol, then
   sets close-on-exec and, with nonblock, O_NONBLOCK. ENOTSOCK, EBADF. On failure
   the flags are as found and the caller still owns fd. */
nsk_outcome nsk_socket_adopt(nsk_socket *out, int64_t fd, bool nonblock,
                             nsk_error *error);

/* Two connected unix sockets. EMFILE, ENFILE, EOPNOTSUPP. Source: socketpair(2). */
nsk_outcome nsk_socket_pair(nsk_socket *a, nsk_socket *b, int64_t type, int64_t protocol,
                            bool nonblock, nsk_error *error);

/* A second descriptor for the same open socket, close-on-exec. Kept bytes stay
   with the first. Source: fcntl(2) F_DUPFD_CLOEXEC. */
nsk_outcome nsk_socket_dup(nsk_socket *s, nsk_socket *out, nsk_error *error);

/* EADDRINUSE, EADDRNOTAVAIL, EACCES, EINVAL (bound already), EAFNOSUPPORT (the
   address is of another family), ENOENT, EBADF. Source: bind(2). */
nsk_outcome nsk_socket_bind(nsk_socket *s, const nsk_addr *addr, nsk_error *error);

/* backlog 0..INT_MAX. EADDRINUSE, EOPNOTSUPP, EBADF. Source: listen(2). */
nsk_outcome nsk_socket_listen(nsk_socket *s, int64_t backlog, nsk_error *error);

/* Takes one connection: non-blocking and close-on-exec whatever the listener is.
   peer may be NULL. NSK_AGAIN: none waits. What accept(2) calls transient is
   retried; EMFILE, ENFILE, ENOBUFS and ENOMEM are failures and leave the
   connection in the queue. EINVAL: not listening; EOPNOTSUPP: not a stream. */
nsk_outcome nsk_socket_accept(nsk_socket *s, nsk_socket *out, nsk_addr *peer,
                              nsk_error *error);

/* One connect(2). NSK_DONE: connected. NSK_AGAIN: under way or, on unix, the
   backlog is full; the error is filled too (EINPROGRESS, EALREADY, EAGAIN).
   Calling again with the same address completes it. EISCONN, ECONNREFUSED, ... */
nsk_outcome nsk_socket_connect(nsk_socket *s, const nsk_addr *addr, nsk_error *error);

/* how: SHUT_RD, SHUT_WR, SHUT_RDWR. ENOTCONN, EINVAL, EBADF. Source: shutdown(2). */
nsk_outcome nsk_socket_shutdown(nsk_socket *s, int64_t how, nsk_error *error);

/* Closes: fd is -1 before close(2), which is never retried; EINTR counts as
   closed. Idempotent. Never calls shutdown, never blocks beyond SO_LINGER. The
   memory that the socket carries goes too. */
nsk_outcome nsk_socket_close(nsk_socket *s, nsk_error *error);

/* Shuts down first, closes in any case and reports the first failure. */
nsk_outcome nsk_socket_close_how(nsk_socket *s, int64_t how, nsk_error *error);

/* Gives the fd to the caller; the socket is closed. EBADF when it was. */
nsk_outcome nsk_socket_release(nsk_socket *s, int *fd, nsk_error *error);

/* The local address, the peer's. ENOTCONN, EBADF. */
nsk_outcome nsk_socket_name(nsk_socket *s, nsk_addr *addr, nsk_error *error);
nsk_outcome nsk_socket_peer(nsk_socket *s, nsk_addr *addr, nsk_error *error);

/* Fetches and clears SO_ERROR. pending->code is 0 when there is none. */
nsk_outcome nsk_socket_pending(nsk_socket *s, nsk_error *pending, nsk_error *error);

/* "fd=3 AF_INET SOCK_STREAM 127.0.0.1:80->127.0.0.1:5000" or "closed"; returns
   the length, below cap. Asks the kernel for the addresses. */
size_t nsk_socket_text(const nsk_socket *s, char *buf, size_t cap);

/* shutdown(2), close(2) on a raw descriptor; with a how, close shuts down first
   and closes in any case. */
nsk_outcome nsk_fd_shutdown(int64_t fd, int64_t how, nsk_error *error);
nsk_outcome nsk_fd_close(int64_t fd, nsk_error *error);
nsk_outcome nsk_fd_close_how(int64_t fd, int64_t how, nsk_error *error);

/* --------------------------------------------------------- send, receive -- */

extern const int nsk_dontwait; /* MSG_DONTWAIT: or it in to try without blocking */
extern const int nsk_peek;     /* MSG_PEEK: what is received stays in the kernel */

/* flags are MSG_ values. Each is one system call; none raises SIGPIPE. *n is the
   count moved, also when it is less than asked. An empty message to a stream
   moves 0 without a system call; to a datagram or seqpacket socket it is one
   empty packet. EPIPE, ECONNRESET, ENOTCONN, EMSGSIZE, ENOBUFS, ECONNREFUSED (an
   earlier datagram's), EBADF. Source: send(2). */
nsk_outcome nsk_socket_send(nsk_socket *s, const void *bytes, size_t length, int flags,
                            size_t *n, nsk_error *error);
nsk_outcome nsk_socket_sendto(nsk_socket *s, const void *bytes, size_t length,
                              const nsk_addr *to, int flags, size_t *n, nsk_error *error);

/* Receives at most cap bytes (cap > 0) or what an earlier receive had to keep.
   NSK_END: the stream has ended; an empty datagram is NSK_DONE with *n 0. With
   MSG_TRUNC, *n is still the count in buf. from->length is 0 when the sender has
   no address. ECONNRESET, ECONNREFUSED, ENOTCONN, EBADF. Source: recv(2). */
nsk_outcome nsk_socket_recv(nsk_socket *s, void *buf, size_t cap, int flags, size_t *n,
                            nsk_error *error);
nsk_outcome nsk_socket_recvfrom(nsk_socket *s, void *buf, size_t cap, int flags,
                                size_t *n, nsk_addr *from, nsk_error *error);

/* Checks a buffer size that a user gave: 1..SSIZE_MAX, else NSK_ARGUMENT. */
nsk_outcome nsk_receive_size(int64_t asked, const char *op, size_t *size,
                             nsk_error *error);

/* Waits as nsk_wait does until the socket can be read or written; kept bytes make
   it readable at once. EBADF when closed. */
nsk_outcome nsk_socket_wait(nsk_socket *s, nsk_need need, int64_t until,
                            nsk_error *error);

/* Memory to receive into before the language's string is made. When that string
   cannot be made, the block goes to the socket and its bytes come back from the
   next receive: nothing is lost and nothing had to be allocated. */
struct nsk_block {
  nsk_block *next;
  size_t capacity;
  size_t start;
  size_t length;
  nsk_addr from;
  unsigned char data[];
};

/* Makes *block hold at least capacity bytes (NULL at first); false when there is
   no memory, *block is then as before. A block above 64 KiB is not reused for
   smaller receives but freed, so that one large receive does not stay. */
bool nsk_block_reserve(nsk_block **block, size_t capacity);
void nsk_block_free(nsk_block *block);

/* Hands a block with `length` received bytes to the socket, and takes it back. The
   pair costs four stores, so an owner whose next step may not return (Lua) keeps
   first and takes back after. */
static inline void nsk_socket_keep(nsk_socket *s, nsk_block *block, size_t length) {
  block->start = 0;
  block->length = length;
  block->next = s->rest;
  s->rest = block;
}

static inline nsk_block *nsk_socket_unkeep(nsk_socket *s) {
  nsk_block *block = s->rest;
  s->rest = block->next;
  return block;
}

/* -------------------------------------------------------------- connect -- */

/* What to connect to: `at`, an address at hand, or what `query` resolves to. */
typedef struct {
  const nsk_addrinfo *at; /* NULL: use query */
  nsk_query query;
  bool race; /* several addresses at a time, families in turn: RFC 8305 */
} nsk_target;

/* A descriptor that another thread can make readable; see event.c. */
typedef struct {
  int wait_fd;
  int post_fd;
} nsk_event;

/* One candidate on its way. */
typedef struct {
  int fd;
  size_t candidate;
  int64_t started;
} nsk_flight;

/* What became of one candidate. */
typedef struct {
  nsk_addr addr;
  const char *op; /* the system call that failed */
  int code;       /* errno; ETIMEDOUT also when our own time was up */
  double seconds; /* from its start to its end */
} nsk_attempt;

enum { NSK_FLIGHTS = 4 };

/* A connect under way; the adapter gives it memory and never looks inside. */
typedef struct {
  nsk_list list; /* the candidates; without items, `only` is the one */
  nsk_addrinfo only;
  size_t next; /* the candidate to start next */
  nsk_flight flights[NSK_FLIGHTS];
  size_t in_flight;
  int group; /* one descriptor for several flights, or -1 */
  bool race; /* start the next candidate before this one has failed */
  bool have_host;
  int state;
  int64_t began;
  int64_t deadline;
  int64_t turn;    /* when the next candidate gets its turn */
  int64_t backoff; /* unix: how long the next pause is, in ns */
  int64_t pause;   /* unix: when the present pause ends, 0: none */
  nsk_event quiet; /* unix: never ready, to wait out a pause on */
  nsk_query query;
  void *worker;
  nsk_error last; /* why the latest candidate failed */
  nsk_attempt *attempts;
  size_t attempted;
  char host[NSK_HOST_MAX];
  char service[NSK_HOST_MAX];
} nsk_connect;

/* Begins a connect that must end by `deadline`. With may_block the resolver runs
   in place (the operation then wants NSK_RESOLVE), else on a worker thread.
   Always call nsk_connect_drop afterwards, also after a failure. Fails on what can
   be told at once: the arguments. Copies what it needs of the target. */
nsk_outcome nsk_connect_start(nsk_connect *op, const nsk_target *target, int64_t deadline,
                              bool may_block, nsk_error *error);

/* Goes on as far as it can without waiting. NSK_DONE: *out is a connected,
   non-blocking, close-on-exec socket and *peer its address as resolved. NSK_AGAIN:
   *want says what to wait for; call again after ready, timeout or interruption
   alike. NSK_TIMEOUT: the deadline has passed (ETIMEDOUT). NSK_FAILED: the last
   candidate's error. In both nothing is left open. */
nsk_outcome nsk_connect_step(nsk_connect *op, nsk_socket *out, nsk_addrinfo *peer,
                             nsk_want *want, nsk_error *error);

/* Resolves in place, when that is what the operation wants. Blocks. */
nsk_outcome nsk_connect_resolve(nsk_connect *op, nsk_error *error);

/* What became of each candidate so far, in the order in which they ended. */
const nsk_attempt *nsk_connect_attempts(const nsk_connect *op, size_t *count);

/* Ends the operation and frees all it has; any time, idempotent. */
void nsk_connect_drop(nsk_connect *op);

/* ----------------------------------------------------------------- bind -- */

typedef struct {
  bool reuseaddr;
  bool reuseport;
  int v6only; /* 0 off, 1 on, -1 as the system has it */
} nsk_bind_how;

/* Resolves in place (blocks unless numeric) and binds the first candidate that can
   be bound; *at is that candidate as resolved. The last error is reported, and
   every socket that lost is closed at once. */
nsk_outcome nsk_bind(const nsk_target *target, const nsk_bind_how *how, nsk_socket *out,
                     nsk_addrinfo *at, nsk_error *error);

/* -------------------------------------------------------------- options -- */

typedef enum {
  NSK_OPT_BOOL,
  NSK_OPT_INT,
  NSK_OPT_U8,      /* 0..255; a byte on some systems */
  NSK_OPT_SECONDS, /* struct timeval */
  NSK_OPT_LINGER,  /* struct linger; -1 is off */
  NSK_OPT_IFNAME,  /* an interface by name; absent resets */
  NSK_OPT_STRING,
  NSK_OPT_CRED,   /* pid, uid, gid */
  NSK_OPT_FDFLAG, /* fcntl F_GETFD */
  NSK_OPT_FLFLAG  /* fcntl F_GETFL */
} nsk_option_kind;

typedef struct {
  const char *name;
  nsk_option_kind kind;
  bool writable;
  bool supported;      /* false: not on this system */
  int where;           /* the families and types that have it; option.c reads it */
  int level, option;   /* for IPv4 and the rest */
  int level6, option6; /* for IPv6 */
} nsk_option;

/* The rows of option.def in their order; the last has the name NULL. */
extern const nsk_option nsk_options[];

typedef struct {
  int64_t integer; /* BOOL INT U8 LINGER FDFLAG FLFLAG */
  double seconds;
  bool absent; /* IFNAME, STRING: no value */
  size_t length;
  char text[64]; /* IFNAME, STRING */
  uint32_t pid, uid, gid;
} nsk_value;

/* Reads, sets an option. A failed set leaves the old value and names the option.
   NSK_ARGUMENT: the value is outside the option's range. EAFNOSUPPORT,
   ESOCKTNOSUPPORT: not for this family, type; EOPNOTSUPP: not on this system;
   ENOPROTOOPT, EPERM, EBADF. Source: getsockopt(2), fcntl(2). */
nsk_outcome nsk_option_get(nsk_socket *s, const nsk_option *option, nsk_value *value,
                           nsk_error *error);
nsk_outcome nsk_option_set(nsk_socket *s, const nsk_option *option,
                           const nsk_value *value, nsk_error *error);

/* The options that have no row: level and name as getsockopt(2) has them. *length is
   the room in value, then what the kernel wrote. */
nsk_outcome nsk_socket_getsockopt(nsk_socket *s, int64_t level, int64_t name, void *value,
                                  size_t *length, nsk_error *error);
nsk_outcome nsk_socket_setsockopt(nsk_socket *s, int64_t level, int64_t name,
                                  const void *value, size_t length, nsk_error *error);

/* True when the next byte is the one after out-of-band data. Source: sockatmark(3). */
nsk_outcome nsk_socket_atmark(nsk_socket *s, bool *at, nsk_error *error);

/* ------------------------------------------------------- scatter and gather -- */

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
 *moved is the count. Outcomes as of nsk_socket_recv and nsk_socket_send. */
nsk_outcome nsk_socket_readv(nsk_socket *s, nsk_iovec *iov, size_t offset, size_t n,
                             size_t *moved, nsk_error *error);
nsk_outcome nsk_socket_writev(nsk_socket *s, const nsk_iovec *iov, size_t offset,
                              size_t n, size_t *moved, nsk_error *error);

/* The same on any descriptor: readv(2), writev(2). The latter never raises SIGPIPE. */
nsk_outcome nsk_fd_readv(int64_t fd, nsk_iovec *iov, size_t offset, size_t n,
                         size_t *moved, nsk_error *error);
nsk_outcome nsk_fd_writev(int64_t fd, const nsk_iovec *iov, size_t offset, size_t n,
                          size_t *moved, nsk_error *error);

/* --------------------------------------------------------- ancillary data -- */

enum { NSK_RIGHTS_MAX = 253 }; /* descriptors in one message: SCM_MAX_FD */

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
bool nsk_cmsg_is_rights(const nsk_cmsg *cmsg);
size_t nsk_cmsg_fds(const nsk_cmsg *cmsg); /* how many descriptors */
int nsk_cmsg_fd(const nsk_cmsg *cmsg, size_t i);

/* Hands the received descriptors over: they are the caller's from now on. */
void nsk_cmsg_take(nsk_cmsg *cmsg);

/* Frees the data and closes descriptors that nobody took. */
void nsk_cmsg_free(nsk_cmsg *cmsg);

typedef enum {
  NSK_CMSG_BYTES, /* not known here: data is all there is */
  NSK_CMSG_RIGHTS,
  NSK_CMSG_INTEGER,     /* IP_TTL, IP_TOS, IPV6_HOPLIMIT, IPV6_TCLASS */
  NSK_CMSG_TIME,        /* SCM_TIMESTAMP, SCM_TIMESTAMPNS */
  NSK_CMSG_CREDENTIALS, /* SCM_CREDENTIALS */
  NSK_CMSG_PKTINFO      /* IP_PKTINFO, IPV6_PKTINFO */
} nsk_cmsg_kind;

typedef struct {
  int64_t integer;
  int64_t seconds, nanoseconds;
  uint32_t pid, uid, gid;
  uint32_t ifindex;
  nsk_addr addr;  /* pktinfo: the destination; when sending, the source to use */
  nsk_addr local; /* pktinfo of IPv4: the local address (ipi_spec_dst) */
} nsk_cmsg_value;

/* What a level and type mean. */
nsk_cmsg_kind nsk_cmsg_kind_of(int level, int type);

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
} nsk_control;

void nsk_control_init(nsk_control *control);
void nsk_control_free(nsk_control *control); /* closes what was received and not taken */
nsk_outcome nsk_control_push(nsk_control *control, const nsk_cmsg *cmsg,
                             nsk_error *error);

/* Moves the first one, with its descriptors, to *cmsg. NSK_END: there is none. */
nsk_outcome nsk_control_shift(nsk_control *control, nsk_cmsg *cmsg, nsk_error *error);

/* --------------------------------------------------------------- messages -- */

/* What sendmsg(2) and recvmsg(2) take. iov and control are borrowed. */
typedef struct {
  nsk_addr name; /* length 0: none */
  nsk_iovec *iov;
  nsk_control *control;
  int flags;         /* of the last receive: MSG_TRUNC, MSG_CTRUNC, ... */
  bool control_sent; /* a short send has taken the control part with it */
} nsk_message;

/* Sends name, iov and control as one message. After a short send the control part is
   left out until the adapter clears control_sent. EINVAL (argument): control data
   with an empty payload on a stream, or over 253 descriptors; EOPNOTSUPP: descriptors
   on a socket that is not unix; ETOOMANYREFS, ENOBUFS, and what send(2) says. */
nsk_outcome nsk_socket_sendmsg(nsk_socket *s, nsk_message *message, int flags, size_t *n,
                               nsk_error *error);

/* Receives into iov, refills control and sets name and flags. Without control,
   received descriptors are closed and MSG_CTRUNC is set. All received descriptors
   are close-on-exec. */
nsk_outcome nsk_socket_recvmsg(nsk_socket *s, nsk_message *message, int flags, size_t *n,
                               nsk_error *error);

/* Passes one descriptor with one byte; the caller keeps its own. to may be NULL.
   EOPNOTSUPP: not a unix socket; EBADF, ETOOMANYREFS. Source: unix(7). */
nsk_outcome nsk_socket_sendfd(nsk_socket *s, int64_t fd, const nsk_addr *to, int flags,
                              nsk_error *error);

/* Takes a message with exactly one descriptor, close-on-exec, the caller's. With more
   all are closed: EMSGSIZE; cut short by the kernel: EMFILE or EMSGSIZE; without one:
   ENOMSG, and error->byte is the byte that came. */
nsk_outcome nsk_socket_recvfd(nsk_socket *s, int flags, int *fd, nsk_error *error);

/* --------------------------------------------------------------- sendfile -- */

/* Sends `bytes` bytes of a file from offset on, without touching its position; reads
   and sends where the system refuses the source. *n is what went out, also when an
   error or a full socket ended it; 0 with NSK_DONE is the end of the file. Never
   raises SIGPIPE. EINVAL (argument): bytes or offset negative. Source: sendfile(2). */
nsk_outcome nsk_socket_sendfile(nsk_socket *s, int64_t file, int64_t bytes,
                                int64_t offset, size_t *n, nsk_error *error);

/* -------------------------------------------------------------- multicast -- */

typedef enum {
  NSK_MCAST_JOIN,
  NSK_MCAST_LEAVE,
  NSK_MCAST_JOIN_SOURCE,
  NSK_MCAST_LEAVE_SOURCE,
  NSK_MCAST_BLOCK_SOURCE,
  NSK_MCAST_UNBLOCK_SOURCE
} nsk_mcast;

/* Group membership on an interface (name NULL: the system's choice). source belongs to
   the last four. EAFNOSUPPORT: group, source or socket of different families; EINVAL:
   not a multicast address; ENODEV: no such interface; EADDRINUSE: joined already;
   EADDRNOTAVAIL: not a member. Source: ip(7), RFC 3678. */
nsk_outcome nsk_socket_mcast(nsk_socket *s, nsk_mcast action, const nsk_addr *group,
                             const nsk_addr *source, const char *ifname,
                             size_t ifname_length, nsk_error *error);

/* ---------------------------------------------------- constants and facts -- */

typedef struct {
  const char *name;
  int64_t value;
} nsk_constant;

/* The rows of constant.def that this system's headers define; ends with NULL. */
extern const nsk_constant nsk_constants[];

extern const char nsk_os[];        /* "linux", "darwin", ... */
extern const int nsk_unixpath_max; /* bytes of a unix path: 107 on Linux */

/* ------------------------------------------------------------- interfaces -- */

enum { NSK_IFNAME_MAX = 16 };

typedef struct {
  bool inet6;
  nsk_addr address, netmask, broadcast, point2point; /* length 0: none */
} nsk_device_address;

typedef struct {
  char name[NSK_IFNAME_MAX];
  uint32_t index;
  int mtu;
  uint64_t flags;
  char ether[64];      /* "00:11:22:33:44:55", "" where it has none */
  size_t first, count; /* its addresses */
} nsk_device;

typedef struct {
  nsk_device *devices;
  size_t count;
  nsk_device_address *addresses;
} nsk_devices;

/* Interface flags by the names that both languages show; ends with NULL. */
extern const nsk_constant nsk_device_flags[];

/* All interfaces with their addresses. Source: getifaddrs(3), netdevice(7). */
nsk_outcome nsk_devices_get(nsk_devices *devices, nsk_error *error);
void nsk_devices_free(nsk_devices *devices);

#endif
