"""stub"""
from channels.generic.websocket import AsyncJsonWebsocketConsumer
class ExecutionConsumer(AsyncJsonWebsocketConsumer):
    pass
