#pragma once

/* Non-blocking sockets to Redis. For the files of Redis only. */

#include "store/host_name.h"

/* A socket that is connecting, or already connected; -1 with errno. */
int redis_socket_to(const struct endpoint *endpoint);
int redis_socket_to_path(struct str path);
/* 0 once connected, else the errno of why not. */
int redis_socket_error(int fd);
