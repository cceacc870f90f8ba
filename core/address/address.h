/* Addresses, their text, and the resolver. */
#ifndef NSK_CORE_ADDRESS_H
#define NSK_CORE_ADDRESS_H

#include "system/system.h"

/* address_text.c: as nski_fail_about, whose subject is an address. */
nsk_outcome nski_fail_at(nsk_error *error, const char *op, int code,
                         const nsk_addr *addr);

/* address_bytes.c */
const struct sockaddr *nski_addr_sockaddr(const nsk_addr *addr);
struct sockaddr *nski_addr_space(nsk_addr *addr, socklen_t *length);
void nski_addr_filled(nsk_addr *addr, socklen_t length);
/* The same for a socket of this family: where the system tells nothing of a socket that
   is not bound, it is the address without a name. */
void nski_addr_of(nsk_addr *addr, socklen_t length, int family);
void nski_addr_set_length(nsk_addr *addr, size_t length);

/* address.c */
bool nski_addr_unix_name(const nsk_addr *addr, const char **name, size_t *length);
bool nski_parse_inet(nsk_addr *addr, const char *host, int port);
bool nski_parse_inet6(nsk_addr *addr, const char *host, int port, bool *unknown_zone);
void nski_addr_any(nsk_addr *addr, int family, bool passive, int port);

/* address_linux.c: the families that address.c does not know. */
int64_t nski_other_port(const nsk_addr *addr);
bool nski_other_host(const nsk_addr *addr, char *buf, size_t *length);
size_t nski_other_text(const nsk_addr *addr, char *buf);
/* What tells addresses of a family apart, in as many bytes as an address has. */
size_t nski_other_key(const nsk_addr *addr, unsigned char *key);

/* endpoint.c: host, port and interface as text. */
typedef enum { NSK_PORT_NUMBER, NSK_PORT_NAME, NSK_PORT_BAD } nski_port_kind;
nski_port_kind nski_endpoint_port(const nsk_endpoint *endpoint, int *port);
nsk_outcome nski_fail_port(nsk_error *error, const nsk_endpoint *endpoint);
/* Copies the host, NUL-terminated, into NSK_HOST_MAX bytes after checking it. */
nsk_outcome nski_endpoint_host(const nsk_endpoint *endpoint, const char *op, char *host,
                               nsk_error *error);
/* An interface by its name or its index in decimal; 0 where it is neither. */
uint32_t nski_zone_index(const char *zone);

/* resolve.c: getaddrinfo(3), or getnameinfo(3), on checked texts. */
nsk_outcome nski_lookup(const nsk_query *query, const nsk_texts *texts, nsk_list *list,
                        nsk_error *error);
/* The system call that it is. */
const char *nski_lookup_op(const nsk_texts *texts);
/* Checks the query and answers it when that needs no resolver: *answered. The texts
   are copied, *have_x says whether they are given. */
nsk_outcome nski_query_check(const nsk_query *query, nsk_texts *texts, bool *answered,
                             nsk_list *list, nsk_error *error);
/* The family of a host in digits, AF_UNSPEC of a name or without a host. */
int nski_digits_family(const nsk_texts *texts);

/* worker.c: the resolver on detached threads. Apart, a query of any family is asked once
   for IPv6 and once for IPv4, at the same time. */
typedef struct nski_worker nski_worker;
nsk_outcome nski_worker_start(nski_worker **worker, const nsk_query *query,
                              const nsk_texts *texts, bool apart, nsk_error *error);
/* Readable when there may be an answer to take. */
int nski_worker_fd(const nski_worker *worker);
/* One family's answer, which is told; NSK_AGAIN when there is none now. NSK_DONE hands
   the list over. */
nsk_outcome nski_worker_take(nski_worker *worker, int *family, nsk_list *list,
                             nsk_error *error);
/* An answer for this family, or for any with AF_UNSPEC, has not been taken yet. */
bool nski_worker_owes(const nski_worker *worker, int family);
void nski_worker_drop(nski_worker *worker);
/* It was started before a fork, and no answer comes here. */
bool nski_worker_is_parents(const nski_worker *worker);

#endif
