#include "check.h"

#include <stdio.h>

#include "common/host.h"
#include "common/outcome.h"
#include "notice.h"
#include "roster.h"

static void say_ok(const struct generation *g, bool json)
{
    if (json)
        (void)printf("{\"ok\":true,\"connections\":%zu}\n", g->n);
    else
        (void)printf("ok: %zu connection%s\n", g->n, g->n == 1 ? "" : "s");
}

/* Takes `g`. */
static int check_definitions(const struct provider *provider, struct generation *g, bool json)
{
    ike2_endpoint_config config = IKE2_INIT(ike2_endpoint_config);
    struct roster roster = { .provider = provider };
    int code = EXIT_USAGE;

    config.crypto = provider->crypto;
    config.limits = &g->config->limits;
    if (ike2_endpoint_new(&config, host_now(), &roster.ep) != IKE2_OK) {
        config_complain(g->config, (struct source_place){ .file = g->config->source.files[0] },
                        "the library refuses the limits");
        notice_config(g->config, json);
        generation_free(g);
    } else if (!roster_adopt(&roster, g)) {
        notice_config(g->config, json);
        generation_free(g);
    } else {
        say_ok(g, json);
        code = EXIT_OK;
    }
    ike2_endpoint_free(roster.ep);
    roster_clear(&roster);
    return code;
}

int check_config(struct config *config, bool json)
{
    const struct log log = { .out = stderr, .level = LEVEL_WARN };
    struct generation *g = NULL;
    struct provider provider;
    struct problem why;
    int code = EXIT_USAGE;

    if (!provider_open(&provider, &why)) {
        notice_problem(json, &why);
        code = EXIT_LOCAL;
        config_free(config);
    } else if (!roster_load(&provider, config, json ? NULL : &log, &g)) {
        notice_config(config, json);
        config_free(config);
    } else {
        code = check_definitions(&provider, g, json);
    }
    provider_close(&provider);
    return code;
}
