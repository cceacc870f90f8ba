/* What the chapters of the core share and nobody outside sees. */
#ifndef NSK_INTERNAL_H
#define NSK_INTERNAL_H

#include "netsocket.h"
#include "sys.h"

/* error.c: each fills the error and returns NSK_FAILED. `code` is an errno that the
   caller took on the line after the system call. */
nsk_outcome nsk_fail(nsk_error *error, const char *op, int code);
nsk_outcome nsk_fail_about(nsk_error *error, const char *op, int code,
                           const char *subject, size_t length);
nsk_outcome nsk_fail_at(nsk_error *error, const char *op, int code, const nsk_addr *addr);
nsk_outcome nsk_fail_resolver(nsk_error *error, int code, int system, const char *subject,
                              size_t length);
nsk_outcome nsk_fail_memory(nsk_error *error, const char *op);
void nsk_error_say(nsk_error *error, const char *text);

/* NSK_AGAIN, NSK_INTERRUPTED or a filled failure, by what errno says. */
nsk_outcome nsk_not_done(nsk_error *error, const char *op, int code);

/* True for the errors that say that this process or system has run out, so that
   trying another address cannot help. */
bool nsk_exhausted(int code);

/* True when value fits an int; else fills the error. */
bool nsk_int_fits(int64_t value, const char *op, const char *parameter, nsk_error *error);

/* address.c */
const struct sockaddr *nsk_addr_sockaddr(const nsk_addr *addr);
struct sockaddr *nsk_addr_space(nsk_addr *addr, socklen_t *length);
void nsk_addr_filled(nsk_addr *addr, socklen_t length);
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
typedef struct {
  bool have_host, have_service;
  char host[NSK_HOST_MAX];
  char service[NSK_HOST_MAX];
} nsk_texts;
nsk_outcome nsk_query_check(const nsk_query *query, nsk_texts *texts, bool *answered,
                            nsk_list *list, nsk_error *error);

/* worker.c: the resolver on a detached thread. */
typedef struct nsk_worker nsk_worker;
nsk_outcome nsk_worker_start(nsk_worker **worker, const nsk_query *query,
                             const nsk_texts *texts, nsk_error *error);
int nsk_worker_fd(const nsk_worker *worker);
/* NSK_AGAIN until the answer is there; NSK_DONE hands the list over. */
nsk_outcome nsk_worker_take(nsk_worker *worker, nsk_list *list, nsk_error *error);
void nsk_worker_drop(nsk_worker *worker);

/* event.c: a descriptor that another thread can make readable. */
int nsk_event_open(nsk_event *event); /* 0 or errno */
void nsk_event_post(nsk_event *event);
void nsk_event_close(nsk_event *event);

/* wait.c */
bool nsk_hung_up(int fd); /* the peer has ended its side */

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

/* block.c: hands out what the first kept block holds. from may be NULL. */
void nsk_socket_take_kept(nsk_socket *s, void *buf, size_t cap, int flags, size_t *n,
                          nsk_addr *from);

/* socket.c */
void nsk_socket_set(nsk_socket *s, int fd, int family, int type, int protocol,
                    bool nonblock);

#endif
