# fuzz/fuzz_<noun>.c and fuzz/<noun>/*.c are one fuzzer: with IKE2_BUILD_FUZZERS a libFuzzer
# program, else, with fuzz/standalone.c, an ordinary one that replays what it is given; ctest has
# it replay fuzz/corpus/<noun>, and fails also if that does not reach all that the fuzzer counts.
if(IKE2_BUILD_FUZZERS AND NOT CMAKE_C_COMPILER_ID MATCHES Clang)
    message(FATAL_ERROR "IKE2_BUILD_FUZZERS needs clang")
endif()

add_custom_target(fuzzers)
# What a fuzzer shall explore is the library, not the world around it.
if(IKE2_BUILD_FUZZERS)
    target_compile_options(ike2_sim_support PRIVATE -fno-sanitize=fuzzer-no-link)
endif()
file(GLOB fuzzers CONFIGURE_DEPENDS fuzz/fuzz_*.c)
foreach(source IN LISTS fuzzers)
    cmake_path(GET source STEM name)
    string(REPLACE fuzz_ "" noun ${name})
    file(GLOB parts CONFIGURE_DEPENDS fuzz/${noun}/*.c)
    add_executable(${name} ${source} ${parts} fuzz/tally.c)
    target_compile_options(${name} PRIVATE "SHELL:-iquote \"${PROJECT_SOURCE_DIR}/fuzz\"")
    target_link_libraries(${name} PRIVATE ike2_test_base)
    # Endpoints live in the world of the simulations.
    if(noun STREQUAL endpoint)
        target_link_libraries(${name} PRIVATE ike2_sim_support ike2_test_support)
    endif()
    # The packets of captures go through ikev2-dissect, without its main() and without libpcap.
    if(noun STREQUAL capture)
        file(GLOB dissect CONFIGURE_DEPENDS examples/dissect/*.c)
        list(FILTER dissect EXCLUDE REGEX "/(capture|dissect|options|table)[.]c$")
        target_sources(${name} PRIVATE ${dissect} examples/common/names.c
            examples/common/problem.c examples/common/selector.c examples/common/udp.c)
        target_include_directories(${name} PRIVATE examples examples/dissect)
        target_compile_definitions(${name} PRIVATE _GNU_SOURCE)
    endif()
    add_dependencies(fuzzers ${name})
    if(IKE2_BUILD_FUZZERS)
        target_link_options(${name} PRIVATE -fsanitize=fuzzer)
        continue()
    endif()

    target_sources(${name} PRIVATE fuzz/standalone.c)
    ike2_test(${name} fuzz 300 ${name} fuzz/corpus/${noun})
    set_tests_properties(${name} PROPERTIES FAIL_REGULAR_EXPRESSION "never reached")
    ike2_test(${name}_captures fuzz 300 sh fuzz/replay.sh $<TARGET_FILE:${name}> ${noun})
endforeach()
