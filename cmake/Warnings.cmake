# The interface target every target of this project compiles with. A warning is an error only in the
# gates (IKE2_WERROR), so that a newer compiler does not break somebody's build.
add_library(ike2_warnings INTERFACE)
target_compile_options(ike2_warnings INTERFACE
    -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes
    -Wvla -Wundef
    $<$<BOOL:${IKE2_WERROR}>:-Werror>)
