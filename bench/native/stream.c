/* The same work as stream.lua and stream.py with nothing in between, and the far end
   for all three: what they are measured against. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { CHUNK = 65536 };
static char chunk[CHUNK];

static double cpu(void) {
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void die(const char *what) {
  perror(what);
  exit(1);
}

static void send_all(int fd, long rounds) {
  for (long i = 0; i < rounds; i++)
    for (ssize_t done = 0, n; done < CHUNK; done += n)
      if ((n = send(fd, chunk + done, (size_t)(CHUNK - done), MSG_NOSIGNAL)) < 0)
        die("send");
}

static void receive_all(int fd, long rounds) {
  ssize_t n;
  for (long left = rounds * CHUNK; left > 0; left -= n)
    if ((n = recv(fd, chunk, CHUNK, 0)) <= 0) die("recv");
}

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  const char *mode = argv[1];
  int fd = atoi(argv[2]);
  long rounds = atol(argv[3]);
  double begin = cpu();
  if (strcmp(mode, "send") == 0)
    send_all(fd, rounds);
  else
    receive_all(fd, rounds);
  printf("%.9f\n", cpu() - begin);
  return 0;
}
