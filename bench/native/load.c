/* load PORT PID CONNECTIONS SECONDS SIZE: sends lines of SIZE bytes to a server that
   sends them back, one in flight on each connection. Prints the messages that came back,
   the seconds, the processor seconds that process PID took meanwhile, the median and the
   99th percentile of what one message took in seconds, and the bytes that the process
   grew by for a connection. The first quarter more of the time is not counted. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* As many at a time as the shortest backlog takes. */
enum { BATCH = 16, EVENTS = 1024, PATIENCE = 60 };

struct connection {
  int fd;
  size_t got;
  uint64_t sent;
};

static struct {
  uint32_t *of;
  size_t count, room;
} times;

static char *line, *answer;
static size_t size;

static void die(const char *what) {
  fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
  exit(1);
}

static uint64_t now(clockid_t clock) {
  struct timespec time;
  if (clock_gettime(clock, &time) != 0) die("clock_gettime");
  return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static void note(uint64_t took) {
  if (times.count == times.room) {
    times.room = times.room ? 2 * times.room : 1 << 16;
    times.of = realloc(times.of, times.room * sizeof *times.of);
    if (!times.of) die("realloc");
  }
  times.of[times.count++] = took < UINT32_MAX ? (uint32_t)took : UINT32_MAX;
}

static int by_value(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return (x > y) - (x < y);
}

static double percentile(int which) {
  return times.of[(times.count - 1) * (size_t)which / 100] / 1e9;
}

static long resident(long pid) {
  char path[64];
  long pages = 0;
  snprintf(path, sizeof path, "/proc/%ld/statm", pid);
  FILE *file = fopen(path, "r");
  if (!file || fscanf(file, "%*s %ld", &pages) != 1) die(path);
  fclose(file);
  return pages * sysconf(_SC_PAGESIZE);
}

static void ask(struct connection *to) {
  to->sent = now(CLOCK_MONOTONIC);
  for (size_t done = 0; done < size;) {
    ssize_t n = send(to->fd, line + done, size - done, MSG_NOSIGNAL);
    if (n >= 0) {
      done += (size_t)n;
    } else if (errno == EAGAIN) {
      poll(&(struct pollfd){.fd = to->fd, .events = POLLOUT}, 1, -1);
    } else if (errno != EINTR) {
      die("send");
    }
  }
}

/* Whether the whole line is back. */
static int answered(struct connection *from, int flags) {
  ssize_t n = recv(from->fd, answer, size - from->got, flags);
  if (n == 0) errno = ECONNRESET;
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
  if (n <= 0) die("recv");
  from->got += (size_t)n;
  if (from->got < size) return 0;
  from->got = 0;
  return 1;
}

static void open_one(struct connection *made, int port, int epoll) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = made};
  int on = 1;
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  made->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (made->fd < 0) die("socket");
  if (setsockopt(made->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0)
    die("setsockopt");
  if (connect(made->fd, (struct sockaddr *)&to, sizeof to) != 0) die("connect");
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, made->fd, &event) != 0) die("epoll_ctl");
}

/* Each sends one line before the next ones connect, so that all are accepted. */
static void open_some(struct connection *first, int count, int port, int epoll) {
  for (int i = 0; i < count; i++)
    open_one(&first[i], port, epoll);
  for (int i = 0; i < count; i++)
    ask(&first[i]);
  for (int i = 0; i < count; i++)
    while (!answered(&first[i], MSG_WAITALL))
      continue;
}

/* Until the time is over, and `least` messages are back. Returns how many. */
static long exchange(int epoll, uint64_t end, long least) {
  static struct epoll_event events[EVENTS];
  long messages = 0;
  while (messages < least || now(CLOCK_MONOTONIC) < end) {
    int ready = epoll_wait(epoll, events, EVENTS, 1000);
    if (ready < 0 && errno != EINTR) die("epoll_wait");
    for (int i = 0; i < ready; i++) {
      struct connection *one = events[i].data.ptr;
      if (!answered(one, MSG_DONTWAIT)) continue;
      messages++;
      note(now(CLOCK_MONOTONIC) - one->sent);
      ask(one);
    }
  }
  return messages;
}

int main(int argc, char **argv) {
  if (argc != 6) return 2;
  int port = atoi(argv[1]), count = atoi(argv[3]);
  long pid = atol(argv[2]);
  uint64_t nanoseconds = (uint64_t)(atof(argv[4]) * 1e9);
  size = (size_t)atol(argv[5]);
  alarm((unsigned)(2 * nanoseconds / 1000000000 + PATIENCE));

  struct connection *all = calloc((size_t)count, sizeof *all);
  line = malloc(size), answer = malloc(size);
  if (!all || !line || !answer) die("malloc");
  memset(line, 'x', size - 1);
  line[size - 1] = '\n';
  int epoll = epoll_create1(EPOLL_CLOEXEC);
  if (epoll < 0) die("epoll_create1");
  clockid_t of_server;
  if ((errno = clock_getcpuclockid((pid_t)pid, &of_server)) != 0) die("its clock");

  int first = count < BATCH ? count : BATCH;
  open_some(all, first, port, epoll);
  long before = resident(pid);
  for (int done = first; done < count; done += BATCH)
    open_some(all + done, count - done < BATCH ? count - done : BATCH, port, epoll);
  long grown = count > first ? (resident(pid) - before) / (count - first) : 0;

  for (int i = 0; i < count; i++)
    ask(&all[i]);
  exchange(epoll, now(CLOCK_MONOTONIC) + nanoseconds / 4, count);
  uint64_t began, cpu;
  long messages;
  do { /* again, where the server had no processor meanwhile */
    times.count = 0;
    began = now(CLOCK_MONOTONIC), cpu = now(of_server);
    messages = exchange(epoll, began + nanoseconds, count);
    cpu = now(of_server) - cpu;
  } while (messages == 0 || cpu == 0);
  uint64_t took = now(CLOCK_MONOTONIC) - began;
  kill((pid_t)pid, SIGKILL);
  qsort(times.of, times.count, sizeof *times.of, by_value);
  printf("%ld %.9f %.9f %.9f %.9f %ld\n", messages, (double)took / 1e9, (double)cpu / 1e9,
         percentile(50), percentile(99), grown);
  return 0;
}
