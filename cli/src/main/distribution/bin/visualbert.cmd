@echo off
rem Starts VisualBERT with the first Java found that is new enough: the one in the folder "runtime" of
rem this distribution, if it has one, JAVA_HOME, JAVA25_HOME, the java on the PATH, the usual folders.
rem VISUALBERT_JAVA_OPTIONS may hold further options for the JVM.
setlocal DisableDelayedExpansion

set "REQUIRED=25"
set "FOUND="
call :try "%~dp0..\runtime"
if not defined FOUND if defined JAVA_HOME call :try "%JAVA_HOME%"
if not defined FOUND if defined JAVA25_HOME call :try "%JAVA25_HOME%"
if not defined FOUND for %%J in (java.exe) do if not "%%~$PATH:J"=="" call :try "%%~dp$PATH:J.."
if not defined FOUND for %%V in ("Eclipse Adoptium" "Java" "Microsoft" "Zulu" "Amazon Corretto" "BellSoft" "OpenJDK") do (
  for /d %%D in ("%ProgramFiles%\%%~V\*") do if not defined FOUND call :try "%%~D"
)
if not defined FOUND for /d %%D in ("%USERPROFILE%\.jdks\*" "%USERPROFILE%\scoop\apps\*jdk*") do if not defined FOUND call :try "%%~D"
if not defined FOUND (
  echo visualbert: no Java %REQUIRED% or newer found: install a JDK %REQUIRED% ^(such as Eclipse Temurin, https://adoptium.net^) or set JAVA_HOME to one 1>&2
  exit /b 1
)

"%FOUND%\bin\java.exe" -XX:+UseSerialGC -XX:-UsePerfData -Xshare:auto %VISUALBERT_JAVA_OPTIONS% -jar "%~dp0..\lib\visualbert-cli.jar" %*
exit /b %ERRORLEVEL%

rem Sets FOUND to %1 if a runtime that is new enough lives there. Its "release" file says so: nothing is started.
:try
if not exist "%~f1\bin\java.exe" exit /b
if not exist "%~f1\release" exit /b
for /f tokens^=2^ delims^=.^-^+^=^" %%N in ('findstr /b "JAVA_VERSION=" "%~f1\release"') do if %%N geq %REQUIRED% set "FOUND=%~f1"
exit /b
