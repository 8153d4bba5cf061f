#!/usr/bin/env bash
# fetch.sh STUDENTS: clone the repository of each student of the CSV into build/students/.
# A repository that cannot be fetched is named and left out; its student has no mark then.
set -uo pipefail

mkdir -p build/students
tail -n +2 "$1" | tr -d '\r' | while IFS=, read -r student repository _; do
    case $student in
        '' | .* | *[!A-Za-z0-9._-]*) echo "::warning::not a name for a folder: $student"; continue ;;
    esac
    rm -rf "build/students/$student"
    git -c core.symlinks=false clone --quiet --depth 1 \
        "$SERVER/$repository" "build/students/$student" </dev/null ||
        echo "::warning::$student: $repository cannot be fetched"
done
