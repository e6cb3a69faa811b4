/* config_apply.h - one value of a configuration file as a part of the configuration. Private to
 * config.c. */
#ifndef COMMON_CONFIG_APPLY_H
#define COMMON_CONFIG_APPLY_H

#include "settings.h"

/* Paths, made absolute to the file they stand in. */
struct config_store {
    struct settings settings;
    char **strings;
    size_t n, cap;
};

/* What a value is for. */
struct target {
    struct config *config;
    struct grant_pool *pool;
    struct connection *connection;
    struct connection_child *child;
    const struct setting *setting;
    const char *value;
    bool alone; /* no other value of this option in this section */
};

/* NULL, or what is wrong with the value, as in value.h. */
const char *config_apply(const struct target *t);

#endif
