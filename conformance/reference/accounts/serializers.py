from rest_framework import serializers
from rest_framework_simplejwt.serializers import TokenObtainPairSerializer

from .models import User


class RegisterSerializer(serializers.ModelSerializer):
    class Meta:
        model = User
        fields = ["email", "username", "password"]
        extra_kwargs = {"password": {"write_only": True}}

    def create(self, fields):
        return User.objects.create_user(**fields)


class LoginSerializer(TokenObtainPairSerializer):
    """Writes the address and the names of the groups into the refresh token, and so into the access token."""

    @classmethod
    def get_token(cls, user):
        token = super().get_token(user)
        token["email"] = user.email
        token["roles"] = [group.name for group in user.groups.all()]
        return token
