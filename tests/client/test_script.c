/* The program that is told of the connection: in order, bounded, and without a shell's help. */
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "client/script.h"

enum { PATIENCE_MS = 20000 };

static struct {
    char directory[64], path[96], seen[96];
    uv_loop_t loop;
    struct progress progress;
    struct script script;
    unsigned done;
    struct problem why[SCRIPT_RUNS];
} it;

static int setup(void **state)
{
    (void)state;
    memset(&it, 0, sizeof it);
    (void)snprintf(it.directory, sizeof it.directory, "/tmp/ike2-script-XXXXXX");
    assert_non_null(mkdtemp(it.directory));
    (void)snprintf(it.path, sizeof it.path, "%s/script", it.directory);
    (void)snprintf(it.seen, sizeof it.seen, "%s/seen", it.directory);
    assert_int_equal(uv_loop_init(&it.loop), 0);
    it.progress.json = true;
    it.script = (struct script){
        .path = it.path, .loop = &it.loop, .progress = &it.progress, .limit_ms = PATIENCE_MS
    };
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    (void)unlink(it.path);
    (void)unlink(it.seen);
    (void)rmdir(it.directory);
    return uv_loop_close(&it.loop);
}

static void write_script(const char *text)
{
    FILE *f = fopen(it.path, "w");

    assert_non_null(f);
    (void)fprintf(f, text, it.seen);
    (void)fclose(f);
    assert_int_equal(chmod(it.path, 0700), 0);
}

static const char *seen(void)
{
    static char text[4096];
    FILE *f = fopen(it.seen, "r");
    size_t len = f != NULL ? fread(text, 1, sizeof text - 1, f) : 0;

    if (f != NULL)
        (void)fclose(f);
    text[len] = '\0';
    return text;
}

static void on_done(void *user, const struct problem *why)
{
    (void)user;
    if (why != NULL)
        it.why[it.done] = *why;
    it.done++;
}

static void tell(const char *reason)
{
    const struct environment_facts facts = { .reason = reason };

    assert_true(script_run(&it.script, &facts, on_done));
}

/* Tells it once, and waits for the end. */
static const char *told(const char *reason)
{
    tell(reason);
    assert_int_equal(it.done, 0);
    assert_int_equal(uv_run(&it.loop, UV_RUN_DEFAULT), 0);
    assert_int_equal(it.done, 1);
    return it.why[0].text;
}

static void it_gets_its_environment_and_nothing_else(void **state)
{
    (void)state;
    assert_int_equal(setenv("SECRET", "x", 1), 0);
    write_script("#!/bin/sh\nenv > %s\n");
    assert_string_equal(told("connect"), "");
    assert_non_null(strstr(seen(), "reason=connect\n"));
    assert_non_null(strstr(seen(), "PATH=/usr/local/sbin:"));
    assert_null(strstr(seen(), "SECRET"));
    assert_null(strstr(seen(), "HOME="));
}

static void runs_take_place_one_after_the_other(void **state)
{
    (void)state;
    write_script("#!/bin/sh\necho begin $reason >> %1$s\n/bin/true\necho end $reason >> %1$s\n");
    tell("pre-init");
    tell("connect");
    tell("disconnect");
    assert_int_equal(uv_run(&it.loop, UV_RUN_DEFAULT), 0);
    assert_int_equal(it.done, 3);
    assert_string_equal(seen(), "begin pre-init\nend pre-init\nbegin connect\nend connect\n"
                                "begin disconnect\nend disconnect\n");
}

static void too_many_are_refused(void **state)
{
    const struct environment_facts facts = { .reason = "reconnect" };
    unsigned i;

    (void)state;
    write_script("#!/bin/sh\n");
    for (i = 0; i < SCRIPT_RUNS; i++)
        tell("reconnect");
    assert_false(script_run(&it.script, &facts, on_done));
    assert_int_equal(uv_run(&it.loop, UV_RUN_DEFAULT), 0);
    assert_int_equal(it.done, SCRIPT_RUNS);
}

static void failure_is_reported_with_its_code(void **state)
{
    (void)state;
    write_script("#!/bin/sh\nexit 7\n");
    assert_non_null(strstr(told("connect"), "script (connect) failed with exit code 7"));
}

static void what_cannot_be_run_is_reported(void **state)
{
    (void)state;
    write_script("#!/missing/interpreter\n");
    assert_non_null(strstr(told("connect"), "cannot be run: "));
}

static void end_by_a_signal_is_reported(void **state)
{
    (void)state;
    write_script("#!/bin/sh\nkill -9 $$\n");
    assert_non_null(strstr(told("connect"), "was ended by signal 9"));
}

/* With all that it has started: nobody holds the other end of the pipe any more. */
static void late_one_is_killed(void **state)
{
    struct pollfd end = { .events = POLLIN };
    char octet;

    (void)state;
    assert_int_equal(mkfifo(it.seen, 0600), 0);
    end.fd = open(it.seen, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    write_script("#!/bin/sh\nexec 5> %s\necho >&5\nsleep 1000 &\nwait\n");
    it.script.limit_ms = 500;
    assert_non_null(strstr(told("connect"), "took longer than 0 s, and was killed"));
    assert_int_equal(read(end.fd, &octet, 1), 1);
    assert_int_equal(poll(&end, 1, PATIENCE_MS), 1);
    assert_int_equal(read(end.fd, &octet, 1), 0);
    (void)close(end.fd);
}

static void what_it_leaves_running_does_not_hold_us_up(void **state)
{
    int fd;

    (void)state;
    assert_int_equal(mkfifo(it.seen, 0600), 0);
    write_script("#!/bin/sh\ncat %s &\n");
    assert_string_equal(told("connect"), "");
    fd = open(it.seen, O_WRONLY | O_CLOEXEC); /* it ends when this is closed */
    assert_true(fd >= 0);
    (void)close(fd);
}

static void output_that_is_closed_early_is_no_end(void **state)
{
    (void)state;
    write_script("#!/bin/sh\nexec > /dev/null 2>&1\necho yes > %s\nexit 4\n");
    assert_non_null(strstr(told("connect"), "exit code 4"));
    assert_string_equal(seen(), "yes\n");
}

static void endless_lines_and_odd_octets_are_survived(void **state)
{
    (void)state;
    write_script("#!/bin/sh\nhead -c 5000 /dev/zero\nprintf 'a\\033[31m\\n\\n\\377' >&2\n");
    assert_string_equal(told("connect"), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_gets_its_environment_and_nothing_else, setup, teardown),
        cmocka_unit_test_setup_teardown(runs_take_place_one_after_the_other, setup, teardown),
        cmocka_unit_test_setup_teardown(too_many_are_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(failure_is_reported_with_its_code, setup, teardown),
        cmocka_unit_test_setup_teardown(what_cannot_be_run_is_reported, setup, teardown),
        cmocka_unit_test_setup_teardown(end_by_a_signal_is_reported, setup, teardown),
        cmocka_unit_test_setup_teardown(late_one_is_killed, setup, teardown),
        cmocka_unit_test_setup_teardown(what_it_leaves_running_does_not_hold_us_up, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(output_that_is_closed_early_is_no_end, setup, teardown),
        cmocka_unit_test_setup_teardown(endless_lines_and_odd_octets_are_survived, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
