include(GNUInstallDirs)
install(TARGETS quantwright-cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS quantwright-checker RUNTIME DESTINATION ${CMAKE_INSTALL_LIBEXECDIR}/quantwright)
# What is sent to a board, by its processor.
install(DIRECTORY "${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/agent/" DESTINATION ${CMAKE_INSTALL_LIBEXECDIR}/quantwright/agent
    USE_SOURCE_PERMISSIONS)
if(QUANTWRIGHT_GUI)
    install(TARGETS quantwright RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
    install(FILES packaging/quantwright.desktop DESTINATION ${CMAKE_INSTALL_DATADIR}/applications)
    install(FILES packaging/quantwright-mime.xml DESTINATION ${CMAKE_INSTALL_DATADIR}/mime/packages)
    install(FILES resources/icons/quantwright.svg DESTINATION ${CMAKE_INSTALL_DATADIR}/icons/hicolor/scalable/apps)
endif()
install(DIRECTORY packaging/man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(DIRECTORY resources/sample DESTINATION ${CMAKE_INSTALL_DATADIR}/quantwright)
