@echo off
rem Starts VisualBERT with the first Java found that is new enough: the one in the folder "runtime" of
rem this distribution, if it has one, JAVA_HOME, JAVA25_HOME, the java on the PATH, the usual folders.
rem VISUALBERT_JAVA_OPTIONS may hold further options for the JVM.
setlocal EnableExtensions DisableDelayedExpansion

set "REQUIRED=25"
set "FOUND="
call :locate
set "CANDIDATE=%HERE%\runtime"
call :try
rem Some people's JAVA_HOME has quotes around it.
if not defined FOUND if defined JAVA_HOME set "CANDIDATE=%JAVA_HOME:"=%" & call :try
if not defined FOUND if defined JAVA25_HOME set "CANDIDATE=%JAVA25_HOME:"=%" & call :try
if not defined FOUND for %%J in (java.exe) do if not "%%~$PATH:J"=="" set "CANDIDATE=%%~dp$PATH:J.." & call :try
for %%V in ("Eclipse Adoptium" "Java" "Microsoft" "Zulu" "Amazon Corretto" "BellSoft" "OpenJDK") do (
  for /d %%D in ("%ProgramFiles%\%%~V\*" "%LOCALAPPDATA%\Programs\%%~V\*") do if not defined FOUND set "CANDIDATE=%%~D" & call :try
)
for /d %%D in ("%USERPROFILE%\.jdks\*" "%USERPROFILE%\scoop\apps\*jdk*\current") do if not defined FOUND set "CANDIDATE=%%~D" & call :try
if defined FOUND goto start
>&2 echo visualbert: no Java %REQUIRED% or newer found: install a JDK %REQUIRED% (such as Eclipse Temurin, https://adoptium.net) or set JAVA_HOME to one
exit /b 1

:start
"%FOUND%\bin\java.exe" -Xshare:auto -XX:+UseSerialGC -XX:-UsePerfData -Dsun.misc.unsafe.memory.access=allow -XX:CompileCommand=quiet -XX:CompileCommand=CompileThresholdScaling,io.github.visualbert.simd.*::*,0.05 %VISUALBERT_JAVA_OPTIONS% -jar "%HERE%\lib\visualbert-cli.jar" %*
exit /b %ERRORLEVEL%

rem Sets HERE to the folder of this distribution. In a subroutine, since %~dp0 is wrong elsewhere for a quoted name on the PATH.
:locate
for %%H in ("%~dp0..") do set "HERE=%%~fH"
exit /b

rem Sets FOUND to CANDIDATE if it holds a Java that is new enough, by its "release" file: no process is started.
:try
if not exist "%CANDIDATE%\bin\java.exe" exit /b
if not exist "%CANDIDATE%\release" exit /b
set "VERSION="
set "MAJOR=0"
for /f "usebackq tokens=1,2 delims==" %%K in ("%CANDIDATE%\release") do if "%%K"=="JAVA_VERSION" set "VERSION=%%~L"
if not defined VERSION exit /b
for /f "delims=.-+_" %%N in ("%VERSION%") do set /a "MAJOR=%%N" 2>nul
if %MAJOR% geq %REQUIRED% set "FOUND=%CANDIDATE%"
exit /b
