# "cpack --config build/release/CPackConfig.cmake" makes a Debian package of the preset release; it needs dpkg-dev and
# file. Manuals stay uncompressed: Postfix has an aliases.5.gz too, and deliver(1) is made to stand beside it.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_CONTACT "mailpipe maintainers <root@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "mail server taken apart into small tools")
set(CPACK_PACKAGE_DESCRIPTION "smtpd receives mail, sendq runs the queue, deliver stores a message in a Maildir, imapd and pop3d give it to clients.
Each can be used alone: from inetd, systemd or tcpserver, from cron, or in a pipe.")
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_SET_DESTDIR ON) # what is installed tells the prefix, and not where it was packed
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${CMAKE_SOURCE_DIR}/.cmake/postinst)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION mail)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_STRIP_FILES ON)
include(CPack)
