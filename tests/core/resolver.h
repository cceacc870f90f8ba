/* The answer of a resolver of a test's own: loopback, with the port in digits. NULL:
   there is no memory. */
#ifndef NSK_TESTS_RESOLVER_H
#define NSK_TESTS_RESOLVER_H

#include <netdb.h>

#include "kernel.h"

static inline struct addrinfo *loopback_answer(const char *service) {
  struct addrinfo *made = calloc(1, sizeof *made + sizeof(struct sockaddr_in));
  if (made == NULL) return NULL;
  struct sockaddr_in *address = (struct sockaddr_in *)(void *)(made + 1);
  address->sin_family = AF_INET;
  address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address->sin_port = htons((uint16_t)strtoul(service != NULL ? service : "0", NULL, 10));
  made->ai_family = AF_INET;
  made->ai_socktype = SOCK_STREAM;
  made->ai_addr = (struct sockaddr *)address;
  made->ai_addrlen = sizeof *address;
  return made;
}

#endif
