/* visits PORT PID COUNT SECONDS SIZE: COUNT clients at a time that connect, send a line
   of SIZE bytes, get it back, say that they are done, and see the server close. Prints
   what load.c prints, of connections. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS = 1024, PATIENCE = 60, ROOM = 1 << 20 };

struct visit {
  int fd;
  size_t got;
  uint64_t began;
};

static uint64_t took[ROOM];
static char *line, *answer;
static size_t size;
static int port, epoll;

static void die(const char *what) {
  fprintf(stderr, "visits: %s: %s\n", what, strerror(errno));
  exit(1);
}

static uint64_t now(clockid_t clock) {
  struct timespec time;
  if (clock_gettime(clock, &time) != 0) die("clock_gettime");
  return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static int by_value(const void *a, const void *b) {
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return (x > y) - (x < y);
}

/* Each from another of 200 addresses: a pair of addresses has 28,000 ports, and each is
   in TIME-WAIT for a minute. */
static void begin(struct visit *visit) {
  static uint32_t turn;
  struct sockaddr_in from = {.sin_family = AF_INET}, to = from;
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = visit};
  int on = 1;
  from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + turn++ % 200);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  to.sin_port = htons((uint16_t)port);
  visit->began = now(CLOCK_MONOTONIC);
  visit->got = 0;
  visit->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (visit->fd < 0) die("socket");
  if (setsockopt(visit->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on) != 0)
    die("setsockopt");
  if (bind(visit->fd, (struct sockaddr *)&from, sizeof from) != 0) die("bind");
  if (connect(visit->fd, (struct sockaddr *)&to, sizeof to) != 0) die("connect");
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, visit->fd, &event) != 0) die("epoll_ctl");
  if (send(visit->fd, line, size, MSG_NOSIGNAL) != (ssize_t)size) die("send");
}

/* Whether the server has closed. */
static int over(struct visit *visit) {
  ssize_t n = recv(visit->fd, answer, size, MSG_DONTWAIT);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
  if (n < 0) die("recv");
  visit->got += (size_t)n;
  if (n == 0 && visit->got != size) die("another answer");
  if (n > 0 && visit->got == size && shutdown(visit->fd, SHUT_WR) != 0) die("shutdown");
  return n == 0;
}

static size_t visits(uint64_t end, size_t least) {
  static struct epoll_event events[EVENTS];
  size_t done = 0;
  while (done < least || now(CLOCK_MONOTONIC) < end) {
    int ready = epoll_wait(epoll, events, EVENTS, 1000);
    if (ready < 0 && errno != EINTR) die("epoll_wait");
    for (int i = 0; i < ready; i++) {
      struct visit *visit = events[i].data.ptr;
      if (!over(visit)) continue;
      took[done++ % ROOM] = now(CLOCK_MONOTONIC) - visit->began;
      close(visit->fd);
      begin(visit);
    }
  }
  return done;
}

int main(int argc, char **argv) {
  if (argc != 6) return 2;
  pid_t pid = atoi(argv[2]);
  size_t count = (size_t)atol(argv[3]);
  uint64_t nanoseconds = (uint64_t)(atof(argv[4]) * 1e9);
  port = atoi(argv[1]), size = (size_t)atol(argv[5]);
  alarm((unsigned)(2 * nanoseconds / 1000000000 + PATIENCE));
  struct visit *all = calloc(count, sizeof *all);
  line = malloc(size), answer = malloc(size);
  if (!all || !line || !answer) die("malloc");
  memset(line, 'x', size - 1);
  line[size - 1] = '\n';
  clockid_t of_server;
  if ((errno = clock_getcpuclockid(pid, &of_server)) != 0) die("its clock");
  if ((epoll = epoll_create1(EPOLL_CLOEXEC)) < 0) die("epoll_create1");

  for (size_t i = 0; i < count; i++)
    begin(&all[i]);
  visits(now(CLOCK_MONOTONIC) + nanoseconds / 4, count);
  uint64_t began, cpu;
  size_t done;
  do { /* again, where the server had no processor meanwhile */
    began = now(CLOCK_MONOTONIC), cpu = now(of_server);
    done = visits(began + nanoseconds, count);
    cpu = now(of_server) - cpu;
  } while (done == 0 || cpu == 0);
  uint64_t all_took = now(CLOCK_MONOTONIC) - began;
  kill(pid, SIGKILL);
  size_t kept = done < ROOM ? done : ROOM;
  qsort(took, kept, sizeof *took, by_value);
  printf("%zu %.9f %.9f %.9f %.9f 0\n", done, (double)all_took / 1e9, (double)cpu / 1e9,
         (double)took[(kept - 1) / 2] / 1e9, (double)took[(kept - 1) * 99 / 100] / 1e9);
  return 0;
}
