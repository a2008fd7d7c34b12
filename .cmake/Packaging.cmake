# "cpack --config build/release/CPackConfig.cmake" makes a Debian package of the preset release.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_CONTACT "mailpipe maintainers <root@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "mail server taken apart into small tools")
set(CPACK_SET_DESTDIR ON) # what is installed tells the prefix, and not where it was packed
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${CMAKE_SOURCE_DIR}/.cmake/postinst)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION mail)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_STRIP_FILES ON)
include(CPack)
