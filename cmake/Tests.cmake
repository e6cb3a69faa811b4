# Every test is found by its place and name; doc/testing.md says what each label proves. A test
# that cannot run here exits with 77 after a line that says why.
find_package(PkgConfig REQUIRED)
pkg_check_modules(CMOCKA REQUIRED IMPORTED_TARGET cmocka)
find_package(Python3 REQUIRED COMPONENTS Interpreter)

set(vectors "$ENV{IKE2_VECTORS}")
if(NOT vectors)
    set(vectors "${PROJECT_SOURCE_DIR}/../shared/vectors")
endif()
set(IKE2_VECTORS "${vectors}" CACHE PATH "Reference vectors, read when the tests run")

function(ike2_test name label timeout)
    add_test(NAME ${name} COMMAND ${ARGN} WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}")
    set_tests_properties(${name} PROPERTIES LABELS ${label} TIMEOUT ${timeout}
        SKIP_RETURN_CODE 77
        ENVIRONMENT "IKE2_VECTORS=${IKE2_VECTORS};IKE2_BUILD_DIR=${PROJECT_BINARY_DIR}")
endfunction()

# What every C test is compiled and linked with.
add_library(ike2_test_base INTERFACE)
ike2_internal_headers(ike2_test_base INTERFACE)
target_include_directories(ike2_test_base INTERFACE "${PROJECT_SOURCE_DIR}/tests")
target_link_libraries(ike2_test_base INTERFACE ike2::mbedtls_static ike2::ike2_static
    PkgConfig::CMOCKA ike2_warnings)
if(IKE2_ENABLE_KEYLOG)
    target_compile_definitions(ike2_test_base INTERFACE IKE2_ENABLE_KEYLOG)
endif()
if(IKE2_ENABLE_LEGACY)
    target_compile_definitions(ike2_test_base INTERFACE IKE2_ENABLE_LEGACY)
endif()

# ike2_test_objects(NAME DIR): the sources of DIR that are not tests, as one object library.
function(ike2_test_objects name directory)
    file(GLOB sources CONFIGURE_DEPENDS ${directory}/*.c)
    list(FILTER sources EXCLUDE REGEX "/test_[^/]*$")
    if(sources)
        add_library(${name} OBJECT ${sources})
        target_link_libraries(${name} PUBLIC ike2_test_base)
    else()
        add_library(${name} INTERFACE)
        target_link_libraries(${name} INTERFACE ike2_test_base)
    endif()
endfunction()
ike2_test_objects(ike2_test_support tests/support)
ike2_test_objects(ike2_sim_support tests/sim)
ike2_test_objects(ike2_vectors_support tests/vectors)

# ike2_c_tests(LABEL TIMEOUT PATTERN LIBRARY...): one program for each file; the file
# tests/unit/wire/test_notify.c becomes test_wire_notify.
function(ike2_c_tests label timeout pattern)
    file(GLOB sources CONFIGURE_DEPENDS ${pattern})
    foreach(source IN LISTS sources)
        cmake_path(GET source STEM noun)
        cmake_path(GET source PARENT_PATH directory)
        cmake_path(GET directory FILENAME directory)
        string(REGEX REPLACE "^test_" "test_${directory}_" name ${noun})
        add_executable(${name} ${source})
        target_link_libraries(${name} PRIVATE ${ARGN})
        ike2_test(${name} ${label} ${timeout} ${name})
    endforeach()
endfunction()
ike2_c_tests(unit 120 tests/unit/*/test_*.c ike2_test_support)
ike2_c_tests(vectors 300 tests/vectors/test_*.c ike2_vectors_support ike2_test_support)
ike2_c_tests(sim 300 tests/sim/test_*.c ike2_sim_support ike2_test_support)
# So that the memory of a world can be copied: tests/sim/arena.h.
if(TARGET test_sim_explore)
    target_link_options(test_sim_explore PRIVATE
        -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=free)
endif()
include(Legacy)

# The endpoints and the pool of the example worker_pool; threads_tsan builds and runs the same under
# ThreadSanitizer.
find_package(Threads REQUIRED)
ike2_test_objects(ike2_threads_support tests/threads)
target_sources(ike2_threads_support PRIVATE examples/minimal/dataplane.c examples/minimal/demo.c
    examples/minimal/duo.c examples/minimal/pool.c examples/common/problem.c
    examples/common/provider.c)
target_include_directories(ike2_threads_support PUBLIC examples examples/minimal)
target_link_libraries(ike2_threads_support PUBLIC Threads::Threads)
ike2_c_tests(sim 300 tests/threads/test_*.c ike2_threads_support)
if(NOT IKE2_SANITIZE MATCHES thread)
    ike2_test(threads_tsan sim 900 sh tests/threads/tsan.sh "${CMAKE_C_COMPILER}")
endif()

# Journals of programs, and what plays them again.
ike2_test_objects(ike2_replay_support tests/replay)
set(journal call journal problem scroll terms witness)
list(TRANSFORM journal REPLACE "(.+)" "examples/common/\\1.c")
target_sources(ike2_replay_support PRIVATE ${journal} examples/minimal/demo.c)
target_include_directories(ike2_replay_support PUBLIC examples)
target_compile_definitions(ike2_replay_support PUBLIC _GNU_SOURCE)
ike2_c_tests(sim 300 tests/replay/test_*.c ike2_replay_support)
add_executable(journal_replay tests/tools/journal_replay.c)
target_link_libraries(journal_replay PRIVATE ike2_replay_support)

# The registry of algorithms as doc/algorithms.md has it, and as the RFCs do.
add_executable(algorithms tests/tools/algorithms.c)
target_link_libraries(algorithms PRIVATE ike2_test_base)
set(checker ${Python3_EXECUTABLE} tests/tools/test_algorithms.py $<TARGET_FILE:algorithms>)
ike2_test(tools_algorithms_document unit 60 ${checker} document)
ike2_test(tools_algorithms_interop unit 60 ${checker} interop)
ike2_test(tools_algorithms_rfcs vectors 60 ${checker} rfcs)

# The named policies as doc/policies.md has them, legacy-windows too.
add_executable(policies tests/tools/policies.c)
target_link_libraries(policies PRIVATE $<TARGET_NAME_IF_EXISTS:ike2_legacy> ike2_test_base)
ike2_test(tools_policies_document unit 60
    ${Python3_EXECUTABLE} tests/tools/test_policies.py $<TARGET_FILE:policies>)

# Paths of certificates from the reference vectors, through lib/x509.
file(GLOB check_paths CONFIGURE_DEPENDS tests/tools/paths/*.c)
add_executable(check_paths tests/tools/check_paths.c ${check_paths})
target_link_libraries(check_paths PRIVATE ike2_vectors_support ike2_test_support)
ike2_test(tools_check_paths vectors 120 ${Python3_EXECUTABLE} tests/tools/test_check_paths.py
    $<TARGET_FILE:check_paths>)

# The same through OpenSSL's verifier.
pkg_check_modules(CHECK_PATHS_OPENSSL QUIET IMPORTED_TARGET libcrypto>=3.0)
if(CHECK_PATHS_OPENSSL_FOUND)
    list(FILTER check_paths EXCLUDE REGEX "/judge.c$")
    add_executable(check_paths_openssl tests/tools/check_paths.c tests/tools/openssl/judge.c
        ${check_paths})
    target_link_libraries(check_paths_openssl PRIVATE ike2_vectors_support ike2_test_support
        PkgConfig::CHECK_PATHS_OPENSSL)
    ike2_test(tools_check_paths_openssl vectors 120 ${Python3_EXECUTABLE}
        tests/tools/test_check_paths_openssl.py $<TARGET_FILE:check_paths>
        $<TARGET_FILE:check_paths_openssl> ${CHECK_PATHS_OPENSSL_VERSION})
else()
    message(STATUS "OpenSSL is missing: check_paths_openssl is not built")
endif()

# The tables of the code as doc/tables.md has them.
add_executable(tables tests/tools/tables.c)
target_link_libraries(tables PRIVATE ike2_test_base)
ike2_test(tools_tables_document unit 60
    ${Python3_EXECUTABLE} tests/tools/test_tables.py $<TARGET_FILE:tables>)

# What the programs say of failures as doc/explanations.md has it.
ike2_test(tools_explanations_document unit 60
    ${Python3_EXECUTABLE} tests/tools/test_explanations.py)

# AUTH over both messages of IKE_SA_INIT, by other means than the library's.
ike2_test(crypto_full_transcript unit 60
    ${Python3_EXECUTABLE} tests/unit/crypto/full_transcript.py)

file(GLOB checks CONFIGURE_DEPENDS tests/lint/*.py)
list(FILTER checks EXCLUDE REGEX "/tree.py$")
foreach(check IN LISTS checks)
    cmake_path(GET check STEM name)
    ike2_test(lint_${name} lint 300 ${Python3_EXECUTABLE} ${check} "${PROJECT_SOURCE_DIR}")
endforeach()

ike2_test(install_consumers install 300 sh "${PROJECT_SOURCE_DIR}/tests/install/consumers.sh")
ike2_test(install_packages install 900 sh "${PROJECT_SOURCE_DIR}/tests/install/packages.sh")

# Each line of the list, once for each role that its players have.
set(roles_of_minimal initiator responder)
set(roles_of_programs client server)
set(roles_of_both initiator responder client server)
set(roles_of_pairs client server pair)
set(roles_of_servers server)
set(roles_of_client client)
set(roles_of_clients client pair)
set(scenarios tests/interop/scenarios.list)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${scenarios})
if(IKE2_BUILD_EXAMPLES)
    file(STRINGS ${scenarios} lines REGEX "^[a-z0-9]")
    foreach(line IN LISTS lines)
        string(REGEX REPLACE "^([^ ]+) +([^ ]+) .*" "\\1;\\2" columns "${line}")
        list(GET columns 0 scenario)
        list(GET columns 1 players)
        foreach(role IN LISTS roles_of_${players})
            ike2_test(interop_${scenario}_${role} interop 300 bash tests/interop/run.sh
                ${scenario} ${role} ${PROJECT_BINARY_DIR}/examples)
        endforeach()
    endforeach()
endif()

# The kernel's ESP, in one guest for all: it takes minutes, so it is asked for by tests/run.sh vm.
option(IKE2_VM_TESTS "Tests in a virtual machine" OFF)
if(IKE2_VM_TESTS AND IKE2_BUILD_EXAMPLES)
    set(guest bash tests/vm/guest.sh)
    set(guest_state "${PROJECT_BINARY_DIR}/vm")
    ike2_test(vm_boot vm 600 ${guest} boot ${guest_state} build/vm-kernel)
    set_tests_properties(vm_boot PROPERTIES FIXTURES_SETUP vm_guest)
    ike2_test(vm_halt vm 60 ${guest} halt ${guest_state})
    set_tests_properties(vm_halt PROPERTIES FIXTURES_CLEANUP vm_guest)

    # ike2_vm_test(SCENARIO ROLE SUITE): as tests/SUITE/run.sh plays it.
    function(ike2_vm_test scenario role suite)
        set(name vm_${scenario}_${role})
        ike2_test(${name} vm 400 ${guest} run ${guest_state} 360
            env IKE2_BUILD_DIR=${PROJECT_BINARY_DIR} IKE2_INTEROP_PATIENCE=5
            bash tests/${suite}/run.sh ${scenario} ${role} ${PROJECT_BINARY_DIR}/examples)
        set_tests_properties(${name} PROPERTIES FIXTURES_REQUIRED vm_guest RESOURCE_LOCK vm_guest)
    endfunction()
    # Is the guest as good as the host? Nothing of the kernel's ESP is in these.
    ike2_vm_test(ping-aes256gcm16 client interop)
    ike2_vm_test(ping-aes256gcm16 server interop)

    set(roles_of_manual manual)
    set(roles_of_client client)
    set(roles_of_pair pair)
    set(roles_of_clients client pair)
    set(scenarios tests/vm/scenarios.list)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${scenarios})
    file(STRINGS ${scenarios} lines REGEX "^[a-z0-9]")
    foreach(line IN LISTS lines)
        string(REGEX REPLACE "^([^ ]+) +([^ ]+) .*" "\\1;\\2" columns "${line}")
        list(GET columns 0 scenario)
        list(GET columns 1 players)
        foreach(role IN LISTS roles_of_${players})
            ike2_vm_test(${scenario} ${role} vm)
        endforeach()
    endforeach()
endif()
