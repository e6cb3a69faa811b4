# Headers, libraries, pkg-config files and the CMake package. All of it is relocatable: no file
# names the prefix it was installed to.
include(CMakePackageConfigHelpers)
set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/ike2")

install(DIRECTORY include/ike2 DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
    FILES_MATCHING PATTERN "*.h")
install(TARGETS ike2 ike2_static ike2-mbedtls EXPORT ike2Targets)
install(EXPORT ike2Targets NAMESPACE ike2:: DESTINATION "${package_dir}")
# A set of its own: it is of use only where mbedTLS is found.
install(TARGETS ike2-mbedtls_static EXPORT ike2StaticTargets)
install(EXPORT ike2StaticTargets NAMESPACE ike2:: DESTINATION "${package_dir}")

configure_package_config_file(cmake/ike2Config.cmake.in "${PROJECT_BINARY_DIR}/ike2Config.cmake"
    INSTALL_DESTINATION "${package_dir}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/ike2ConfigVersion.cmake"
    COMPATIBILITY SameMajorVersion)
install(FILES "${PROJECT_BINARY_DIR}/ike2Config.cmake"
    "${PROJECT_BINARY_DIR}/ike2ConfigVersion.cmake" cmake/FindIke2MbedTLS.cmake
    DESTINATION "${package_dir}")

file(RELATIVE_PATH pc_to_prefix "${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig"
    "${CMAKE_INSTALL_PREFIX}")
string(REGEX REPLACE "/$" "" pc_to_prefix "${pc_to_prefix}")
cmake_path(APPEND pc_libdir "\${prefix}" "${CMAKE_INSTALL_LIBDIR}")
cmake_path(APPEND pc_includedir "\${prefix}" "${CMAKE_INSTALL_INCLUDEDIR}")
foreach(name libike2 libike2-mbedtls)
    configure_file(pkgconfig/${name}.pc.in "${PROJECT_BINARY_DIR}/${name}.pc" @ONLY)
    install(FILES "${PROJECT_BINARY_DIR}/${name}.pc"
        DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
endforeach()
