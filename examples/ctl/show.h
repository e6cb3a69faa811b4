/* show.h - the results of a program as tables that fit a screen. */
#ifndef CTL_SHOW_H
#define CTL_SHOW_H

#include <jansson.h>

void show_sas(json_t *result);
void show_connections(json_t *result);
void show_pools(json_t *result);
/* Of rekey, reauth and terminate. */
void show_order(json_t *result);
void show_stats(json_t *result);
void show_reload(json_t *result);

#endif
