"""The local web application (`git story ui`) and its static copy (`git story site`): requests, queries, pages.

Only these two commands import it. Starlette and uvicorn come with the extra `ui`.
"""
