from accounts.views import LoginView, ProtectedView, RegisterView
from django.urls import path
from rest_framework_simplejwt.views import TokenBlacklistView, TokenRefreshView, TokenVerifyView

urlpatterns = [
    path("api/register/", RegisterView.as_view()),
    path("api/token/", LoginView.as_view()),
    path("api/token/refresh/", TokenRefreshView.as_view()),
    path("api/token/verify/", TokenVerifyView.as_view()),
    path("api/token/blacklist/", TokenBlacklistView.as_view()),
    path("api/protected/", ProtectedView.as_view()),
]
