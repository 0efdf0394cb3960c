"""The WSGI entry point for whoever runs the app under a server of their own."""

from learnapp.app import create_app

app = create_app()
