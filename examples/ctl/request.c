#include "request.h"

#include <stdlib.h>
#include <string.h>

#include "common/value.h"

static bool is_kind(const char *word)
{
    return strcmp(word, "ike") == 0 || strcmp(word, "child") == 0;
}

/* Digits are an id, anything else is a name. */
static void set_target(json_t *request, const char *word)
{
    if (word[0] != '\0' && word[strspn(word, "0123456789")] == '\0')
        (void)json_object_set_new(request, "id", json_integer(strtoll(word, NULL, 10)));
    else
        (void)json_object_set_new(request, "name", json_string(word));
}

static bool take_target(json_t *request, enum request_form form, char **words, int n, bool all,
                        struct problem *why)
{
    if (form == REQUEST_ANY_SA && n > 0 && n + all > 1 && is_kind(words[0])) {
        (void)json_object_set_new(request, "kind", json_string(words[0]));
        words++;
        n--;
    }
    if (n + all != 1) {
        problem_set(why, "it takes %sthe name or the id of an SA, as 'sas' shows it, or --all",
                    form == REQUEST_ANY_SA ? "[ike|child] and " : "");
        return false;
    }
    if (all)
        (void)json_object_set_new(request, "all", json_true());
    else
        set_target(request, words[0]);
    return true;
}

/* A level to set; or how many failures to show. */
static bool take_log(json_t *request, char **words, int n, const struct request_options *options,
                     struct problem *why)
{
    const char *wrong;
    uint32_t last;

    if (options->all || n > 1 || (n == 1 && options->last != NULL)) {
        problem_set(why, "it takes one level, or --last, or nothing");
        return false;
    }
    if (n == 1)
        (void)json_object_set_new(request, "level", json_string(words[0]));
    if (options->last == NULL)
        return true;
    wrong = value_number(options->last, 1, UINT32_MAX, &last);
    if (wrong != NULL)
        problem_set(why, "--last '%.20s' %s", options->last, wrong);
    else
        (void)json_object_set_new(request, "last", json_integer(last));
    return wrong == NULL;
}

static bool take_words(json_t *request, enum request_form form, char **words, int n,
                       const struct request_options *options, struct problem *why)
{
    bool all = options->all;

    if (options->last != NULL && form != REQUEST_LOG) {
        problem_set(why, "--last is for 'log' only");
        return false;
    }
    switch (form) {
    case REQUEST_SA:
    case REQUEST_ANY_SA: return take_target(request, form, words, n, all, why);
    case REQUEST_LOG: return take_log(request, words, n, options, why);
    case REQUEST_PLAIN:
        if (n > 0 || all)
            problem_set(why, "it takes no argument: %s", all ? "--all" : words[0]);
        return n == 0 && !all;
    }
    return false;
}

json_t *request_make(const char *command, enum request_form form, char **words, int n,
                     const struct request_options *options, struct problem *why)
{
    json_t *request = json_pack("{s:s}", "command", command);

    if (take_words(request, form, words, n, options, why))
        return request;
    json_decref(request);
    return NULL;
}
