/* The resolver: what needs it, asking it, and its answer as our own list. */
#include "address/address.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void nsk_list_free(nsk_list *list) {
  free(list->items);
  free(list->canonical);
  free(list->service);
  memset(list, 0, sizeof *list);
}

/* glibc gives the IPv4 loopback once more for a line of the hosts file with the IPv6
   one. */
static bool repeated(const nsk_list *list, const nsk_addrinfo *item) {
  for (size_t i = 0; i < list->count; i++)
    if (list->items[i].protocol == item->protocol &&
        nsk_addr_equal(&list->items[i].addr, &item->addr))
      return true;
  return false;
}

static bool copy_answer(const struct addrinfo *answer, nsk_list *list) {
  size_t count = 1; /* an answer has at least one */
  for (const struct addrinfo *ai = answer->ai_next; ai; ai = ai->ai_next)
    count++;
  list->items = calloc(count, sizeof *list->items);
  if (list->items == NULL) return false;
  for (const struct addrinfo *ai = answer; ai; ai = ai->ai_next) {
    nsk_addrinfo *item = &list->items[list->count];
    if (ai->ai_addrlen > sizeof item->addr.bytes) continue;
    memcpy(item->addr.bytes, ai->ai_addr, ai->ai_addrlen);
    item->addr.length = (uint32_t)ai->ai_addrlen;
    item->socktype = ai->ai_socktype;
    item->protocol = ai->ai_protocol;
    list->count += !repeated(list, item);
  }
  if (answer->ai_canonname == NULL) return true;
  list->canonical = strdup(answer->ai_canonname);
  return list->canonical != NULL;
}

static nsk_outcome find_names(const nsk_addr *addr, int flags, nsk_list *list,
                              nsk_error *error) {
  char host[NSK_HOST_MAX], service[NSK_HOST_MAX];
  nsk_outcome outcome = nsk_addr_names(addr, flags, host, service, error);
  if (outcome != NSK_DONE) return outcome;
  list->canonical = strdup(host);
  list->service = strdup(service);
  if (list->canonical != NULL && list->service != NULL) return NSK_DONE;
  nsk_list_free(list);
  return nski_fail_memory(error, "getnameinfo");
}

const char *nski_lookup_op(const nsk_texts *texts) {
  return texts->have_addr ? "getnameinfo" : "getaddrinfo";
}

nsk_outcome nski_lookup(const nsk_query *query, const nsk_texts *texts, nsk_list *list,
                        nsk_error *error) {
  memset(list, 0, sizeof *list);
  if (texts->have_addr) return find_names(&texts->addr, query->flags, list, error);
  const char *host = texts->have_host ? texts->host : NULL;
  const char *service = texts->have_service ? texts->service : NULL;
  struct addrinfo hints = {0}, *answer;
  hints.ai_family = query->family;
  hints.ai_socktype = query->socktype;
  hints.ai_protocol = query->protocol;
  hints.ai_flags = query->flags;
  errno = 0;
  int code = getaddrinfo(host, service, &hints, &answer);
  int system = errno;
  /* Without a descriptor for its files and questions glibc says that there is no such
     name or service. */
  if (code != 0 && nski_scarce(system)) code = EAI_SYSTEM;
  if (code == EAI_SERVICE && service != NULL)
    return nski_fail_resolver(error, code, system, service, strlen(service));
  if (code != 0) {
    const char *subject = host != NULL ? host : "";
    return nski_fail_resolver(error, code, system, subject, strlen(subject));
  }
  bool copied = copy_answer(answer, list);
  freeaddrinfo(answer);
  if (copied && list->count > 0) return NSK_DONE;
  nsk_list_free(list);
  /* An answer of addresses too large to be any is none. */
  if (copied) return nski_fail_resolver(error, EAI_NONAME, 0, "", 0);
  return nski_fail_memory(error, "getaddrinfo");
}

/* The default protocols of the types, as the resolver would fill them in. */
static bool plain_type(const nsk_query *query, int *protocol) {
  switch (query->socktype) {
    case SOCK_STREAM:
      *protocol = IPPROTO_TCP;
      return query->protocol == 0 || query->protocol == IPPROTO_TCP;
    case SOCK_DGRAM:
      *protocol = IPPROTO_UDP;
      return query->protocol == 0 || query->protocol == IPPROTO_UDP;
    default:
      return false; /* let getaddrinfo judge it, or choose by the protocol */
  }
}

enum {
  PLAIN_FLAGS =
      AI_PASSIVE | AI_CANONNAME | AI_NUMERICHOST | AI_NUMERICSERV | AI_ADDRCONFIG
};

static bool wildcard(const nsk_endpoint *endpoint) {
  return endpoint->host_length == 1 && endpoint->host[0] == '*';
}

static bool add(nsk_list *list, const nsk_addr *addr, const nsk_query *query,
                int protocol) {
  if (list->items == NULL) list->items = calloc(2, sizeof *list->items);
  if (list->items == NULL) return false;
  list->items[list->count++] = (nsk_addrinfo){*addr, query->socktype, protocol};
  return true;
}

/* Answers a query whose host and port are numeric or absent. *answered stays false
   when the resolver is needed. */
static nsk_outcome answer_numeric(const nsk_query *query, const char *host, int port,
                                  bool *answered, nsk_list *list, nsk_error *error) {
  bool v4 = query->family == AF_INET || query->family == AF_UNSPEC;
  bool v6 = query->family == AF_INET6 || query->family == AF_UNSPEC;
  bool passive = (query->flags & AI_PASSIVE) != 0;
  bool zone_bad = false, made = true;
  nsk_addr addr;
  int protocol;
  if ((!v4 && !v6) || !plain_type(query, &protocol) || (query->flags & ~PLAIN_FLAGS))
    return NSK_DONE;
  if (host == NULL) {
    if (v6) {
      nski_addr_any(&addr, AF_INET6, passive, port);
      made = add(list, &addr, query, protocol);
    }
    if (v4 && made) {
      nski_addr_any(&addr, AF_INET, passive, port);
      made = add(list, &addr, query, protocol);
    }
  } else if (nski_parse_inet(&addr, host, port)) {
    if (!v4) return nski_fail_resolver(error, EAI_ADDRFAMILY, 0, host, strlen(host));
    made = add(list, &addr, query, protocol);
  } else if (nski_parse_inet6(&addr, host, port, &zone_bad)) {
    if (!v6) return nski_fail_resolver(error, EAI_ADDRFAMILY, 0, host, strlen(host));
    made = add(list, &addr, query, protocol);
  } else if (zone_bad) {
    return nski_fail_resolver(error, EAI_NONAME, 0, host, strlen(host));
  } else {
    return NSK_DONE;
  }
  if (made && host != NULL && (query->flags & AI_CANONNAME)) {
    list->canonical = strdup(host);
    made = list->canonical != NULL;
  }
  *answered = made;
  if (made) return NSK_DONE;
  nsk_list_free(list);
  return nski_fail_memory(error, "getaddrinfo");
}

nsk_outcome nski_query_check(const nsk_query *query, nsk_texts *texts, bool *answered,
                             nsk_list *list, nsk_error *error) {
  nsk_endpoint endpoint = query->endpoint;
  int port = 0;
  *answered = false;
  texts->have_host = texts->have_service = texts->have_addr = false;
  memset(list, 0, sizeof *list);
  if (endpoint.host == NULL && endpoint.service == NULL && endpoint.port_absent)
    return nski_fail_resolver(error, EAI_NONAME, 0, "", 0);
  if (endpoint.host != NULL && wildcard(&endpoint)) {
    /* To bind, "*" is every address; there is no host of that name to connect to, though
       glibc would take it for loopback. */
    if (!(query->flags & AI_PASSIVE))
      return nski_fail_resolver(error, EAI_NONAME, 0, endpoint.host,
                                endpoint.host_length);
    endpoint.host = NULL;
  }
  nsk_outcome outcome = nski_endpoint_host(&endpoint, "getaddrinfo", texts->host, error);
  if (outcome != NSK_DONE) return outcome;
  texts->have_host = endpoint.host != NULL;
  texts->have_service = true;
  switch (nski_endpoint_port(&endpoint, &port)) {
    case NSK_PORT_BAD:
      return nski_fail_port(error, &endpoint);
    case NSK_PORT_NUMBER:
      snprintf(texts->service, sizeof texts->service, "%d", port);
      return answer_numeric(query, texts->have_host ? texts->host : NULL, port, answered,
                            list, error);
    case NSK_PORT_NAME:
      if (endpoint.service == NULL) break;
      memcpy(texts->service, endpoint.service, endpoint.service_length);
      texts->service[endpoint.service_length] = '\0';
      return NSK_DONE;
  }
  return NSK_DONE;
}

int nski_digits_family(const nsk_texts *texts) {
  nsk_addr ignored;
  bool unknown_zone = false;
  if (!texts->have_host) return AF_UNSPEC;
  if (nski_parse_inet(&ignored, texts->host, 0)) return AF_INET;
  bool six = nski_parse_inet6(&ignored, texts->host, 0, &unknown_zone) || unknown_zone;
  return six ? AF_INET6 : AF_UNSPEC;
}

nsk_outcome nsk_resolve(const nsk_query *asked, nsk_list *list, nsk_error *error) {
  nsk_query query = *asked;
  nsk_texts texts;
  bool answered;
  if (query.socktype == 0 && query.protocol == 0) query.socktype = SOCK_STREAM;
  nsk_outcome outcome = nski_query_check(&query, &texts, &answered, list, error);
  if (outcome != NSK_DONE || answered) return outcome;
  return nski_lookup(&query, &texts, list, error);
}
